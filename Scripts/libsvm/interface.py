"""LIBSVM's library as Python sees it, in either layout, for comparing two of them in one process."""

import ctypes
import time

TYPES = ["c-svc", "nu-svc", "one-class", "epsilon-svr", "nu-svr"]
KERNELS = ["linear", "polynomial", "rbf", "sigmoid", "precomputed"]

libc = ctypes.CDLL(None)


class Node(ctypes.Structure):
    _fields_ = [("index", ctypes.c_int), ("value", ctypes.c_double)]


Row = ctypes.POINTER(Node)


class Problem(ctypes.Structure):
    _fields_ = [("l", ctypes.c_int), ("y", ctypes.POINTER(ctypes.c_double)), ("x", ctypes.POINTER(Row))]


class Parameter(ctypes.Structure):
    _fields_ = [
        ("svm_type", ctypes.c_int), ("kernel_type", ctypes.c_int), ("degree", ctypes.c_int),
        ("gamma", ctypes.c_double), ("coef0", ctypes.c_double), ("cache_size", ctypes.c_double),
        ("eps", ctypes.c_double), ("C", ctypes.c_double), ("nr_weight", ctypes.c_int),
        ("weight_label", ctypes.POINTER(ctypes.c_int)), ("weight", ctypes.POINTER(ctypes.c_double)),
        ("nu", ctypes.c_double), ("p", ctypes.c_double), ("shrinking", ctypes.c_int),
        ("probability", ctypes.c_int)]


SHARED_FIELDS = [
    ("param", Parameter), ("nr_class", ctypes.c_int), ("l", ctypes.c_int), ("SV", ctypes.POINTER(Row)),
    ("sv_coef", ctypes.POINTER(ctypes.POINTER(ctypes.c_double))), ("rho", ctypes.POINTER(ctypes.c_double)),
    ("probA", ctypes.POINTER(ctypes.c_double)), ("probB", ctypes.POINTER(ctypes.c_double))]
LAST_FIELDS = [
    ("sv_indices", ctypes.POINTER(ctypes.c_int)), ("label", ctypes.POINTER(ctypes.c_int)),
    ("nSV", ctypes.POINTER(ctypes.c_int)), ("free_sv", ctypes.c_int)]


class OldModel(ctypes.Structure):
    _fields_ = SHARED_FIELDS + LAST_FIELDS


class NewModel(ctypes.Structure):
    _fields_ = SHARED_FIELDS + [("prob_density_marks", ctypes.POINTER(ctypes.c_double))] + LAST_FIELDS


def default_parameter(**changes):
    parameter = Parameter(
        svm_type=0, kernel_type=2, degree=3, gamma=0.5, coef0=0, cache_size=100, eps=1e-3, C=1, nu=0.5, p=0.1,
        shrinking=1, probability=0)
    for name, value in changes.items():
        setattr(parameter, name, value)
    return parameter


class Data:
    """Rows as nodes; they live as long as this does."""

    def __init__(self, rows, targets, first_index=1, keeps_zeros=False):
        self.rows = []
        for row in rows:
            nodes = [(j + first_index, v) for j, v in enumerate(row) if v != 0 or keeps_zeros]
            array = (Node * (len(nodes) + 1))(*[Node(j, v) for j, v in nodes], Node(-1, 0))
            self.rows.append(array)
        self.targets = (ctypes.c_double * len(targets))(*targets)
        self.pointers = (Row * len(rows))(*[ctypes.cast(array, Row) for array in self.rows])
        self.problem = Problem(len(rows), self.targets, self.pointers)

    def __len__(self):
        return len(self.rows)


PRINTER = ctypes.CFUNCTYPE(None, ctypes.c_char_p)


class Library:
    def __init__(self, path):
        self.path = path
        self.c = c = ctypes.CDLL(str(path))
        self.version = ctypes.c_int.in_dll(c, "libsvm_version").value
        self.Model = OldModel if self.version < 330 else NewModel
        model = ctypes.POINTER(self.Model)
        c.svm_train.restype = model
        c.svm_load_model.restype = model
        c.svm_load_model.argtypes = [ctypes.c_char_p]
        c.svm_save_model.argtypes = [ctypes.c_char_p, model]
        c.svm_check_parameter.restype = ctypes.c_char_p
        for name in ("svm_predict", "svm_predict_values", "svm_predict_probability", "svm_get_svr_probability"):
            getattr(c, name).restype = ctypes.c_double
        self.lines = []
        self.printer = PRINTER(self.lines.append)
        c.svm_set_print_string_function(self.printer)

    def check(self, data, parameter):
        return self.c.svm_check_parameter(ctypes.byref(data.problem), ctypes.byref(parameter))

    def train(self, data, parameter, seed=1):
        """The model, what was printed, and the seconds."""
        libc.srand(seed)
        self.lines.clear()
        begin = time.perf_counter()
        model = self.c.svm_train(ctypes.byref(data.problem), ctypes.byref(parameter))
        return model, b"".join(self.lines).decode(), time.perf_counter() - begin

    def cross_validate(self, data, parameter, folds=5, seed=1):
        """The predictions and the seconds."""
        libc.srand(seed)
        target = (ctypes.c_double * len(data))()
        begin = time.perf_counter()
        self.c.svm_cross_validation(ctypes.byref(data.problem), ctypes.byref(parameter), folds, target)
        return list(target), time.perf_counter() - begin

    def values(self, model, row):
        count = max(1, model.contents.nr_class * (model.contents.nr_class - 1) // 2)
        values = (ctypes.c_double * count)()
        label = self.c.svm_predict_values(model, row, values)
        return label, list(values)

    def probabilities(self, model, row):
        values = (ctypes.c_double * max(2, model.contents.nr_class))()
        label = self.c.svm_predict_probability(model, row, values)
        return label, list(values)

    def free(self, model):
        self.c.svm_free_and_destroy_model(ctypes.byref(model))

    def save(self, path, model):
        return self.c.svm_save_model(str(path).encode(), model)

    def load(self, path):
        return self.c.svm_load_model(str(path).encode())
