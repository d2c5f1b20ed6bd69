"""The library, by ctypes: structures of supportvectors_types.h, functions of supportvectors.h.

Arrays are passed where they are; what the library makes is wrapped, not copied, and freed with the array.
"""

from __future__ import annotations

import ctypes
import json
import math
import os
import pathlib
import queue
import threading
import time
import weakref

import numpy as np
import scipy.sparse as sp

_FOLDER = pathlib.Path(__file__).resolve().parent / "_native"


class SupportVectorsError(ValueError):
    """What the library cannot do with the data or the parameters that it was given."""


class _Matrix(ctypes.Structure):
    _fields_ = [
        ("row_count", ctypes.c_int64),
        ("column_count", ctypes.c_int64),
        ("value_size", ctypes.c_int32),
        ("is_sparse", ctypes.c_int32),
        ("values", ctypes.c_void_p),
        ("row_stride", ctypes.c_int64),
        ("column_stride", ctypes.c_int64),
        ("row_offsets", ctypes.c_void_p),
        ("column_indices", ctypes.c_void_p),
        ("index_size", ctypes.c_int32),
    ]


class _Examples(ctypes.Structure):
    _fields_ = [
        ("features", _Matrix),
        ("codes", ctypes.c_void_p),
        ("numbers", ctypes.c_void_p),
        ("weights", ctypes.c_void_p),
    ]


class _Column(ctypes.Structure):
    _fields_ = [
        ("name", ctypes.c_char_p),
        ("numbers", ctypes.c_void_p),
        ("texts", ctypes.c_char_p),
        ("offsets", ctypes.c_void_p),
        ("is_missing", ctypes.c_void_p),
    ]


class _Table(ctypes.Structure):
    _fields_ = [
        ("row_count", ctypes.c_int64),
        ("column_count", ctypes.c_int64),
        ("columns", ctypes.POINTER(_Column)),
    ]


class _Array(ctypes.Structure):
    _fields_ = [
        ("data", ctypes.c_void_p),
        ("kind", ctypes.c_int32),
        ("dimension_count", ctypes.c_int32),
        ("shape", ctypes.c_int64 * 2),
    ]


class _MapOptions(ctypes.Structure):
    _fields_ = [
        ("kernel", ctypes.c_char_p),
        ("normalization", ctypes.c_void_p),
        ("threads", ctypes.c_int32),
    ]


_pointer = ctypes.c_void_p
_text = ctypes.c_char_p
_SIGNATURES = {
    "sv_version": (_text, []),
    "sv_release": (None, [_pointer]),
    "sv_make_token": (_pointer, []),
    "sv_cancel": (None, [_pointer]),
    "sv_train": (_pointer, [_pointer, _text, _pointer, _pointer]),
    "sv_train_table": (_pointer, [_pointer, _text, _pointer, _pointer]),
    "sv_predict": (ctypes.c_int, [_pointer, _pointer, _text, ctypes.c_int, _pointer, _pointer]),
    "sv_predict_table": (
        ctypes.c_int, [_pointer, _pointer, _text, ctypes.c_int, _pointer, _pointer]),
    "sv_describe": (_pointer, [_pointer, _pointer]),
    "sv_model_array": (ctypes.c_int, [_pointer, _text, _pointer, _pointer]),
    "sv_encode": (ctypes.c_int, [_pointer, _text, _pointer, _pointer]),
    "sv_decode": (_pointer, [_pointer, ctypes.c_int64, _text, _pointer]),
    "sv_verify": (_pointer, [_pointer, _pointer, ctypes.c_int, _pointer]),
    "sv_verify_table": (_pointer, [_pointer, _pointer, ctypes.c_int, _pointer]),
    "sv_kernels": (_pointer, [_pointer]),
    "sv_map": (ctypes.c_int, [_pointer] * 5),
    "sv_free": (None, [_pointer]),
}


def _load():
    library = ctypes.CDLL(str(_FOLDER / "libsupportvectors.so"))
    for name, (result, parameters) in _SIGNATURES.items():
        function = getattr(library, name)
        function.restype = result
        function.argtypes = parameters
    return library


_lib = _load()


def version() -> str:
    """The version of the library."""
    return _lib.sv_version().decode()


def thread_count() -> int:
    """The number of threads that a call may use; 0 stands for one on each core.

    ``SUPPORTVECTORS_NUM_THREADS`` decides, or else ``OMP_NUM_THREADS``, which joblib sets in its workers. Results do
    not depend on it.
    """
    for name in ("SUPPORTVECTORS_NUM_THREADS", "OMP_NUM_THREADS"):
        try:
            count = int(os.environ.get(name, ""))
        except ValueError:
            continue
        if count > 0:
            return count
    return 0


# Errors, texts and arrays


def _taken_text(pointer) -> str:
    try:
        return ctypes.string_at(pointer).decode()
    finally:
        _lib.sv_free(pointer)


def _call(function, *arguments):
    """Calls a function whose last parameter is the place of an error."""
    error = ctypes.c_void_p()
    result = function(*arguments, ctypes.byref(error))
    if error.value:
        raise SupportVectorsError(_taken_text(error.value))
    return result


_KINDS = {0: (ctypes.c_double, 8), 1: (ctypes.c_int64, 8), 2: (ctypes.c_uint8, 1)}


def _taken_array(array: _Array) -> np.ndarray:
    element, size = _KINDS[array.kind]
    shape = tuple(array.shape[: array.dimension_count])
    count = int(np.prod(shape))
    if count == 0:
        _lib.sv_free(array.data)
        return np.empty(shape, dtype=np.dtype(element))
    buffer = (element * count).from_address(array.data)
    weakref.finalize(buffer, _lib.sv_free, array.data).atexit = False
    return np.frombuffer(buffer, dtype=np.dtype(element), count=count).reshape(shape)


# Data on its way in


def _address(array):
    return None if array is None else array.ctypes.data


class _Features:
    """A matrix for the library, and the arrays that it points into."""

    def __init__(self, X):
        if sp.issparse(X):
            X = X.tocsr()
            if not X.has_sorted_indices or not X.has_canonical_format:
                X = X.copy()
                X.sum_duplicates()
            values = np.ascontiguousarray(X.data, dtype=_float_type(X.dtype))
            indices = np.ascontiguousarray(X.indices)
            offsets = np.ascontiguousarray(X.indptr, dtype=indices.dtype)
            self.kept = (values, indices, offsets)
            self.matrix = _Matrix(
                X.shape[0], X.shape[1], values.itemsize, 1, _address(values), 0, 0, _address(offsets),
                _address(indices), indices.itemsize)
            self.array = X
            return
        X = np.asarray(X)
        kind = _float_type(X.dtype)
        if X.dtype != kind or not X.dtype.isnative:
            X = X.astype(kind)
        if any(stride % X.itemsize for stride in X.strides):
            X = np.ascontiguousarray(X)
        self.kept = (X,)
        self.array = X
        self.matrix = _Matrix(
            X.shape[0], X.shape[1], X.itemsize, 0, _address(X), X.strides[0] // X.itemsize,
            X.strides[1] // X.itemsize, None, None, 0)


def _float_type(dtype):
    return np.dtype(np.float32) if dtype == np.float32 else np.dtype(np.float64)


class _ExampleData:
    """Examples for the library, and the arrays that they point into."""

    def __init__(self, X, codes, numbers, weights):
        self.features = _Features(X)
        self.codes = None if codes is None else np.ascontiguousarray(codes, dtype=np.int64)
        self.numbers = None if numbers is None else np.ascontiguousarray(numbers, dtype=np.float64)
        self.weights = None if weights is None else np.ascontiguousarray(weights, dtype=np.float64)
        for array in (self.codes, self.numbers, self.weights):
            if array is not None and array.shape != (X.shape[0],):
                raise SupportVectorsError(f"{array.shape} targets or weights for {X.shape[0]} rows")
        self.examples = _Examples(
            self.features.matrix, _address(self.codes), _address(self.numbers), _address(self.weights))


class TableData:
    """A table for the library: arrays of numbers, and lists of texts with None where one is missing."""

    def __init__(self, columns: dict, row_count: int):
        self.kept = []
        structures = (_Column * max(1, len(columns)))()
        for structure, (name, values) in zip(structures, columns.items()):
            structure.name = self._keep(str(name).encode())
            if isinstance(values, np.ndarray):
                numbers = self._keep(np.ascontiguousarray(values, dtype=np.float64))
                structure.numbers = _address(numbers)
                count = len(numbers)
            else:
                encoded = [b"" if text is None else text.encode() for text in values]
                offsets = np.zeros(len(encoded) + 1, dtype=np.int64)
                np.cumsum([len(text) for text in encoded], out=offsets[1:])
                structure.texts = self._keep(b"".join(encoded))
                structure.offsets = _address(self._keep(offsets))
                missing = np.array([text is None for text in values], dtype=np.uint8)
                structure.is_missing = _address(self._keep(missing))
                count = len(encoded)
            if count != row_count:
                raise SupportVectorsError(f"column {name} has {count} rows instead of {row_count}")
        self.kept.append(structures)
        self.table = _Table(row_count, len(columns), structures)

    def _keep(self, value):
        self.kept.append(value)
        return value


# Training


class _Token:
    def __init__(self):
        self.handle = _lib.sv_make_token()

    def cancel(self):
        _lib.sv_cancel(self.handle)

    def __del__(self):
        _lib.sv_release(self.handle)


class _Worker:
    """A thread that waits for trainings; beginning a thread for each takes as long as a small training."""

    def __init__(self):
        self.process = os.getpid()
        self.is_free = threading.Lock()
        self.jobs = queue.SimpleQueue()
        threading.Thread(target=self._run, daemon=True, name="supportvectors").start()

    def _run(self):
        while True:
            job = self.jobs.get()
            job()
            # What it refers to is not kept until the next one.
            del job
            self.is_free.release()

    _present = None

    @classmethod
    def run(cls, job):
        """Has a thread run a job: the one that waits, or another when it is busy or stayed behind in a fork."""
        if cls._present is None or cls._present.process != os.getpid():
            cls._present = cls()
        worker = cls._present
        if worker.is_free.acquire(blocking=False):
            worker.jobs.put(job)
        else:
            threading.Thread(target=job, daemon=True, name="supportvectors").start()


def _interruptibly(function, *, can_cancel=True):
    """Calls ``function(token)`` so that Ctrl-C stops it: signals reach Python between calls of the library alone.

    What cannot be cancelled ends in its thread, with a result that nobody gets.
    """
    token = _Token()
    if threading.current_thread() is not threading.main_thread():
        return function(token)
    result, done = [], threading.Event()

    def run():
        try:
            result.append((function(token), None))
        except BaseException as error:  # raised again by the caller
            result.append((None, error))
        finally:
            done.set()

    _Worker.run(run)
    try:
        done.wait()
    except BaseException:
        if can_cancel:
            token.cancel()
            done.wait()
        raise
    value, error = result[0]
    if error is not None:
        raise error
    return value


#: Handing work to a thread and waiting for it takes as long as a training of so few rows, of so few values.
_SMALL_COUNTS = 400, 50_000
#: Seconds for which Ctrl-C may wait.
_SHORT_TIME = 0.05
#: Predictions of more rows are made part by part: the number of rows of the first part, and the seconds that one takes.
_FIRST_PART = 256
_PART_TIME = 0.04
#: The rows up to which the library uses one thread where the caller names no number.
_ONE_THREAD_COUNT = 400


def _processor_count() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _perhaps_interruptibly(function, row_count: int):
    """Calls a function of the library that cannot be cancelled, so that Ctrl-C need not wait when there are many rows."""
    if row_count <= _SMALL_COUNTS[0]:
        return function()
    return _interruptibly(lambda _: function(), can_cancel=False)


def _options(options: dict) -> bytes:
    options = dict(options)
    if "threads" not in options and thread_count():
        options["threads"] = thread_count()
    return json.dumps(options).encode()


def _trained_at_once(function, options: dict) -> Model | None:
    """Trains in this thread, where Ctrl-C has to wait; None if that took too long or did not work."""
    if options.get("timeLimit", math.inf) <= _SHORT_TIME:
        return None
    try:
        model = function(_options({**options, "threads": 1, "timeLimit": _SHORT_TIME}), None)
    except SupportVectorsError:
        # It may be for the lack of time.
        return None
    reasons = [problem["stopReason"] for problem in model.description["problems"]]
    return None if "timeLimit" in reasons else model


def train(X, options: dict, *, codes=None, numbers=None, weights=None) -> Model:
    """Trains a model on features."""
    data = _ExampleData(X, codes, numbers, weights)

    def run(text, token):
        return Model(_call(_lib.sv_train, ctypes.byref(data.examples), text, token and token.handle))

    # A calibration that is stopped leaves no trace in the problems.
    is_small = X.shape[0] <= _SMALL_COUNTS[0] and math.prod(X.shape) <= _SMALL_COUNTS[1]
    if is_small and "probability" not in options.get("configuration", {}):
        model = _trained_at_once(run, options)
        if model is not None:
            return model
    text = _options(options)
    return _interruptibly(lambda token: run(text, token))


def train_table(data: TableData, options: dict) -> Model:
    """Trains a model on a table."""
    text = _options(options)
    return Model(
        _interruptibly(
            lambda token: _call(
                _lib.sv_train_table, ctypes.byref(data.table), text, token.handle)))


class Model:
    """A trained model. A value: it is never changed, and any number of threads may use it.

    It is pickled as the bytes of its file.
    """

    def __init__(self, handle):
        self._handle = handle
        self._description = None

    def __del__(self):
        if getattr(self, "_handle", None):
            _lib.sv_release(self._handle)

    def __reduce__(self):
        return Model.decode, (self.encode("model"),)

    def __deepcopy__(self, memo):
        return self

    def __eq__(self, other):
        return isinstance(other, Model) and self.encode("model") == other.encode("model")

    __hash__ = None

    @staticmethod
    def decode(file: bytes, name: str = "model") -> Model:
        """Reads a model from the bytes of its file."""
        return Model(_call(_lib.sv_decode, bytes(file), len(file), name.encode()))

    def encode(self, format: str) -> bytes:
        """Writes the model: ``model``, ``json`` or ``onnx``."""
        array = _Array()
        _call(_lib.sv_encode, self._handle, format.encode(), ctypes.byref(array))
        return _taken_array(array).tobytes()

    @property
    def description(self) -> dict:
        """What there is to know of the model, besides its arrays."""
        if self._description is None:
            self._description = json.loads(_taken_text(_call(_lib.sv_describe, self._handle)))
        return self._description

    def array(self, name: str) -> np.ndarray:
        """One of its arrays, which are named in supportvectors.h."""
        array = _Array()
        _call(_lib.sv_model_array, self._handle, name.encode(), ctypes.byref(array))
        return _taken_array(array)

    def predict(self, data, what: str) -> np.ndarray:
        """Predicts the rows of a matrix or a table."""
        if isinstance(data, TableData):
            return _perhaps_interruptibly(
                lambda: self._predictions(_lib.sv_predict_table, data.table, what, thread_count()), data.table.row_count)
        features = _Features(data)
        count = features.matrix.row_count
        if count <= 2 * _FIRST_PART:
            return self._predictions(_lib.sv_predict, features.matrix, what, thread_count())
        return self._predictions_by_parts(features.array, what)

    def _predictions_by_parts(self, X, what: str) -> np.ndarray:
        """Predicts many rows so that Ctrl-C is noticed between parts of about 40 ms.

        What is predicted of a row does not depend on the others.
        """
        count, first, size = X.shape[0], 0, _FIRST_PART
        result = None
        while first < count:
            # A last part that is short would take longer by its call than by its rows.
            last = count if count - first < size + size // 2 else first + size
            began = time.perf_counter()
            part = _Features(X[first:last])
            threads = thread_count() or (_processor_count() if last - first <= _ONE_THREAD_COUNT else 0)
            found = self._predictions(_lib.sv_predict, part.matrix, what, threads)
            if result is None:
                result = np.empty((count, *found.shape[1:]), dtype=found.dtype)
            result[first:last] = found
            elapsed = time.perf_counter() - began
            size = int((last - first) * min(4, max(0.25, _PART_TIME / max(elapsed, 1e-9))))
            size = max(size, 32)
            first = last
        return result

    def _predictions(self, function, structure, what: str, threads: int) -> np.ndarray:
        array = _Array()
        _call(function, self._handle, ctypes.byref(structure), what.encode(), threads, ctypes.byref(array))
        return _taken_array(array)

    def verify(self, X, *, codes=None, numbers=None, weights=None) -> list[dict]:
        """Recomputes the certificates from the training data."""
        if isinstance(X, TableData):
            def run():
                return _call(_lib.sv_verify_table, self._handle, ctypes.byref(X.table), thread_count())
        else:
            data = _ExampleData(X, codes, numbers, weights)

            def run():
                return _call(_lib.sv_verify, self._handle, ctypes.byref(data.examples), thread_count())

        count = X.table.row_count if isinstance(X, TableData) else X.shape[0]
        return json.loads(_taken_text(_perhaps_interruptibly(run, count)))


def kernels() -> list[dict]:
    """The kernels that the library has: their names, and those of their parameters."""
    return json.loads(_taken_text(_call(_lib.sv_kernels)))


def kernel_values(X, landmarks, kernel: dict, normalization=None) -> np.ndarray:
    """Kernel values k(x) of rows with landmarks, or N·k(x) for a matrix N of landmarks × landmarks."""
    features, others = _Features(X), _Features(landmarks)
    if normalization is not None:
        normalization = np.ascontiguousarray(normalization, dtype=np.float64)
        if normalization.shape != (landmarks.shape[0],) * 2:
            raise SupportVectorsError(
                f"a normalization of shape {normalization.shape} for {landmarks.shape[0]} landmarks")

    def run():
        options = _MapOptions(json.dumps(kernel).encode(), _address(normalization), thread_count())
        array = _Array()
        _call(
            _lib.sv_map, ctypes.byref(features.matrix), ctypes.byref(others.matrix),
            ctypes.byref(options), ctypes.byref(array))
        return _taken_array(array)

    return _perhaps_interruptibly(run, X.shape[0])
