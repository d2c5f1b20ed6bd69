"""Small problems in which conventions show: what two libraries print, store and predict of them must be the same."""

import ctypes
import pathlib
import random
import re
import tempfile

import interface as svm


def by_sign(row):
    return 1.0 if row[0] * row[1] > 0 else -1.0


def three(row):
    return 3.0 if row[0] > 0.3 else 1.0 if row[1] > 0 else -2.0


def generated(count, target):
    generator = random.Random(5)
    rows = [[generator.uniform(-1, 1) if generator.random() < 0.8 else 0 for _ in range(3)] for _ in range(count)]
    return svm.Data(rows, [target(row) for row in rows])


def weighted(weights, **changes):
    parameter = svm.default_parameter(nr_weight=len(weights), **changes)
    parameter.weight_label = (ctypes.c_int * len(weights))(*weights)
    parameter.weight = (ctypes.c_double * len(weights))(*weights.values())
    return parameter


def cases():
    """Names, data, parameters and numbers of folds."""
    default = svm.default_parameter
    constant = generated(20, lambda row: 4.0)
    signs = [1.0, -1.0, 1.0, 1.0, -1.0, 1.0]
    yield "two classes", generated(100, by_sign), default(), 5
    yield "three classes", generated(100, three), default(), 5
    yield "three classes, -b 1", generated(100, three), default(probability=1), 5
    yield "weights", generated(100, three), weighted({3: 2.5, -2: 0.2}), 5
    yield "weights, -b 1", generated(100, by_sign), weighted({1: 5.0}, probability=1), 5
    yield "without shrinking", generated(100, three), default(shrinking=0), 5
    yield "one class alone", constant, default(), 5
    yield "one class alone, -b 1", constant, default(probability=1), 5
    yield "more folds than rows", generated(20, by_sign), default(), 50
    yield "three rows", generated(3, by_sign), default(), 2
    yield "rows of zeros", svm.Data([[0, 0]] * 6, signs), default(), 2
    yield "equal rows", svm.Data([[1, 2]] * 6, signs), default(), 2
    yield "gamma 0", generated(50, by_sign), default(gamma=0), 5
    yield "degree 0", generated(50, by_sign), default(kernel_type=1, degree=0), 5
    yield "sigmoid", generated(50, by_sign), default(kernel_type=3, coef0=-1), 5
    yield "nu-svc", generated(80, three), default(svm_type=1, nu=0.3, eps=1e-6), 5
    yield "one-class", generated(80, three), default(svm_type=2, nu=0.3), 5
    yield "epsilon-svr, -b 1", generated(50, lambda row: row[0]), default(svm_type=3, probability=1), None
    yield "nu-svr", generated(50, lambda row: row[0]), default(svm_type=4), None
    yield "constant target", generated(30, lambda row: 2.5), default(svm_type=3), None
    yield "little cache", generated(300, three), default(cache_size=0.01), 5


def without_numbers(text):
    text = re.sub(r"-?\d+\.?\d*(e[-+]\d+)?", "#", text)
    lines = [line.strip(".*") for line in text.splitlines()]
    return sorted(line for line in lines if line and "may be faster" not in line)


def observed(library, data, parameter, folds):
    model, text, _ = library.train(data, parameter)
    content = model.contents
    count = content.nr_class
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "model"
        library.save(path, model)
        head = [line.split()[0] for line in path.read_text().split("\nSV\n")[0].splitlines()]
    found = {
        "message": library.check(data, parameter), "nr_class": count, "free_sv": content.free_sv,
        "labels": content.label[:count] if content.label else None,
        "probabilities": library.c.svm_check_probability_model(model),
        "printed lines": without_numbers(text), "keys of the model file": head,
        "order of support vectors": content.sv_indices[:content.l] == sorted(content.sv_indices[:content.l]),
        "first decision values": ["%.1f" % (v + 0.0) for v in library.values(model, data.pointers[0])[1]],
        "predictions": [library.values(model, row)[0] for row in data.pointers] if parameter.svm_type < 2 else None,
        "cross-validation": library.cross_validate(data, parameter, folds)[0] if folds else None}
    library.free(model)
    return found


def faults(ours, reference):
    for name, data, parameter, folds in cases():
        found, expected = (observed(library, data, parameter, folds) for library in (ours, reference))
        for what in found:
            if found[what] != expected[what]:
                yield "%s: %s: %s, LIBSVM %s" % (name, what, found[what], expected[what])
