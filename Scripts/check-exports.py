#!/usr/bin/env python3
"""Compares exported models with what other programs make of them.

usage: check-exports.py SVM [--keep FOLDER]

- ONNX files run in onnxruntime, against `svm predict --precision double`, on 1 000 rows of each of
  six data sets: decision values within 1e-5 of the largest for operators of machine learning, which
  compute in single precision, and within 1e-9 for composed ones. Labels are equal wherever a
  decision value is not within that bound of 0. With probabilities, of each calibration: these within
  the same bounds, and the labels that they decide; texts have spaces around them.
- Models that LIBSVM trained are read by svm, and svm's are read by LIBSVM: for every kernel and all
  five formulations, two classes and more. Decision values within 1e-12 (sum |coef * k| + |b|), same
  labels.
- Model files are opened by Python's safetensors, and evaluated with numpy.
- Core ML files are parsed with Core ML's own schema, and evaluated with numpy as it says.
"""

import argparse
import contextlib
import csv
import ctypes
import io
import json
import pathlib
import random
import subprocess
import sys
import tempfile

import numpy as np
import onnx
import onnxruntime
from libsvm import svm, svmutil
from safetensors import safe_open

with contextlib.redirect_stderr(io.StringIO()):
    import logging

    logging.disable(logging.WARNING)
    from coremltools.proto import Model_pb2

ROOT = pathlib.Path(__file__).resolve().parent.parent
FLOAT_BOUND = 1e-5
DOUBLE_BOUND = 1e-9
LIBSVM_BOUND = 1e-12
ROWS = 1000
KERNELS = {
    "linear": [],
    "polynomial": ["--degree", "3", "--coef0", "1"],
    "gaussian": [],
    "sigmoid": ["--gamma", "0.02", "--coef0", "-0.5"],
    "laplacian": [],
    "laplacian-l1": [],
}
ML_KERNELS = ["linear", "polynomial", "gaussian", "sigmoid"]

passed = 0
failed = 0


def report(what, ok, detail):
    global passed, failed
    passed, failed = passed + bool(ok), failed + (not ok)
    print(f"{'ok  ' if ok else 'FAIL'} {what}: {detail}", flush=True)


def run(*arguments):
    """Runs svm; its standard output."""
    result = subprocess.run(
        [SVM, *map(str, arguments)], capture_output=True, text=True, check=False
    )
    if result.returncode not in (0, 3):
        sys.exit(f"svm {' '.join(map(str, arguments))}: {result.stderr}")
    return result.stdout


# ---- Data


def read_csv(path):
    with open(path, newline="") as file:
        rows = list(csv.reader(file))
    return rows[0], rows[1:]


def write_csv(path, header, rows):
    with open(path, "w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


def numeric_data_set(name):
    """A data set of the repository, and 1 000 rows: its own and mixtures of two of them."""
    header, rows = read_csv(ROOT / "Datasets" / f"{name}.csv")
    generator = random.Random(name)
    values = np.array([[float(v) for v in row[:-1]] for row in rows])
    features = list(values[: ROWS // 2])
    while len(features) < ROWS:
        a, b, t = generator.randrange(len(rows)), generator.randrange(len(rows)), generator.random()
        features.append(values[a] * t + values[b] * (1 - t))
    # What a Float holds, so that both sides get the same numbers.
    features = np.array(features, dtype=np.float32).astype(np.float64)
    columns = [(column, [repr(float(v)) for v in features[:, i]]) for i, column in enumerate(header[:-1])]
    return header, rows, columns


def mixed_data_set():
    """Numbers and categories, some of them missing."""
    generator = random.Random("mixed")
    header = ["age", "city", "income", "married", "class, with comma"]

    def row():
        city = generator.choice(["Bern", "Genève", "Zürich", "St. Gallen, SG", ""])
        age = generator.randrange(18, 90)
        income = np.float32(generator.gauss(60, 20) + age / 2)
        married = generator.choice(["no", "yes"])
        score = (age - 50) / 10 + (city == "Bern") - (married == "yes") + generator.gauss(0, 0.5)
        label = "low" if score < -1 else "high" if score > 1 else "mid"
        return [
            "" if generator.random() < 0.05 else str(age),
            city,
            "NA" if generator.random() < 0.05 else repr(float(income)),
            married,
            label,
        ]

    rows = [row() for _ in range(600)]
    tests = [row() for _ in range(ROWS)]
    return header, rows, [(header[i], [test[i] for test in tests]) for i in range(len(header) - 1)]


# ---- ONNX


def onnx_inputs(session, columns):
    """What a session takes, made of columns of texts."""
    inputs = session.get_inputs()
    # Columns that are constant, or name rows, are no inputs.
    taken = json.loads(session.get_modelmeta().custom_metadata_map["columns"])
    columns = [(name, values) for name, values in columns if name in taken]

    def numbers(values, kind):
        parsed = [float("nan") if v in ("", "NA") else float(v) for v in values]
        return np.array(parsed, dtype=np.float64 if kind == "tensor(double)" else np.float32)

    if len(inputs) == 1 and len(columns) > 1:
        kind = inputs[0].type
        return {inputs[0].name: np.stack([numbers(v, kind) for _, v in columns], axis=1)}
    feeds = {}
    for entry, (name, values) in zip(inputs, columns):
        assert entry.name == name, (entry.name, name)
        if entry.type == "tensor(string)":
            feeds[name] = np.array(values, dtype=object).reshape(-1, 1)
        else:
            feeds[name] = numbers(values, entry.type).reshape(-1, 1)
    return feeds


def predictions(model, data, *options):
    """Labels and decision values of `svm predict`."""
    lines = list(csv.reader(io.StringIO(run("predict", model, data, "--decision-values", *options))))
    values = np.array([[float(v) for v in line[1:]] for line in lines[1:]])
    return [line[0] for line in lines[1:]], values


def check_onnx(folder, name, data_set, is_regression=False):
    header, rows, columns = data_set
    train, test = folder / f"{name}.csv", folder / f"{name}-test.csv"
    write_csv(train, header, rows)
    write_csv(test, [c for c, _ in columns], list(zip(*[v for _, v in columns])))
    for kernel, options in KERNELS.items():
        model = folder / f"{name}-{kernel}.model"
        run("train", train, "-o", model, "--kernel", kernel, *options, "--c", "2", "--quiet",
            "--impute", "mean")
        labels, decisions = predictions(model, test, "--precision", "double")
        for operators in ["ml", "composed"] if kernel in ML_KERNELS else ["composed"]:
            path = folder / f"{name}-{kernel}-{operators}.onnx"
            run("convert", model, path, "--onnx-operators", operators)
            onnx.checker.check_model(onnx.load(str(path)), full_check=True)
            options_ort = onnxruntime.SessionOptions()
            options_ort.log_severity_level = 3
            session = onnxruntime.InferenceSession(str(path), options_ort)
            outputs = session.run(None, onnx_inputs(session, columns))
            found = np.asarray(outputs[-1], dtype=np.float64).reshape(decisions.shape)
            scale = np.abs(decisions).max()
            difference = np.abs(found - decisions).max() / scale
            bound = FLOAT_BOUND if operators == "ml" else DOUBLE_BOUND
            what = f"onnx {name} {kernel} {operators}"
            report(what, difference <= bound, f"{difference:.1e} of the largest decision value")
            if not is_regression:
                clear = (np.abs(decisions) > 2 * bound * scale).all(axis=1)
                wrong = sum(str(a) != b for a, b, c in zip(outputs[0], labels, clear) if c)
                report(what + " labels", wrong == 0, f"{wrong} of {clear.sum()} differ")


def check_probabilities(folder, name, data_set):
    header, rows, columns = data_set
    # What a table is read without, a file has to know with.
    spaced = [(c, [f" {v} " if c == "city" and v else v for v in values]) for c, values in columns]
    train, test = folder / f"{name}.csv", folder / f"{name}-test.csv"
    write_csv(train, header, rows)
    write_csv(test, [c for c, _ in columns], list(zip(*[v for _, v in columns])))
    for method in ["sigmoid", "isotonic", "temperature"]:
        model = folder / f"{name}-{method}.model"
        run("train", train, "-o", model, "--probability", "--calibration", method, "--quiet",
            "--impute", "mean")
        text = run("predict", model, test, "--probability", "--precision", "double")
        lines = list(csv.reader(io.StringIO(text)))
        labels = [line[0] for line in lines[1:]]
        expected = np.array([[float(v) for v in line[1:]] for line in lines[1:]])
        top = np.sort(expected, axis=1)
        for operators, bound in [("ml", 1e-4), ("composed", DOUBLE_BOUND)]:
            path = folder / f"{name}-{method}-{operators}.onnx"
            run("convert", model, path, "--onnx-operators", operators)
            onnx.checker.check_model(onnx.load(str(path)), full_check=True)
            session = onnxruntime.InferenceSession(str(path))
            outputs = session.run(None, onnx_inputs(session, spaced))
            names = [output.name for output in session.get_outputs()]
            found = outputs[names.index("probabilities")]
            what = f"onnx {name} {method} {operators}"
            difference = np.abs(found - expected).max()
            report(what + " probabilities", difference <= bound, f"{difference:.1e}")
            clear = top[:, -1] - top[:, -2] > 2 * bound
            wrong = sum(str(a) != b for a, b, c in zip(outputs[0].ravel(), labels, clear) if c)
            report(what + " labels", wrong == 0, f"{wrong} of {clear.sum()} differ")


# ---- LIBSVM


def kernel_matrix(kind, parameters, x, z):
    gamma, coef0, degree = parameters
    if kind == "linear":
        return x @ z.T
    if kind == "polynomial":
        return (gamma * (x @ z.T) + coef0) ** degree
    if kind == "gaussian":
        return np.exp(-gamma * ((x[:, None, :] - z[None, :, :]) ** 2).sum(axis=2))
    return np.tanh(gamma * (x @ z.T) + coef0)


def error_scale(model, kind, parameters, x):
    """sum |coef * k| + |b| of each row, the largest over the pairs."""
    vectors = np.zeros((model.l, x.shape[1]))
    for row, entries in enumerate(model.get_SV()):
        for index, value in entries.items():
            if index > 0:
                vectors[row, index - 1] = value
    coefficients = np.abs(np.array(model.get_sv_coef()))
    kernel = np.abs(kernel_matrix(kind, parameters, x, vectors))
    rho = max(abs(model.rho[i]) for i in range(model.nr_class * (model.nr_class - 1) // 2))
    return (kernel @ coefficients).max(axis=1) + rho


def libsvm_values(model, rows, columns):
    """Labels and decision values of LIBSVM, one column for each of its pairs."""
    # Not svmutil.svm_predict: it has room for one value of a nu-classification, however many classes
    # there are, and LIBSVM 3.37 writes beyond it.
    labels, values = [], np.zeros((len(rows), columns))
    found = (ctypes.c_double * columns)()
    for place, row in enumerate(rows):
        nodes, _ = svm.gen_svm_nodearray(row)
        labels.append(svm.libsvm.svm_predict_values(model, nodes, found))
        values[place] = found
    return labels, values


def check_libsvm(folder):
    problems = [
        ("breast-cancer", "two classes", "-s 0 -c 2"),
        ("wine", "three classes", "-s 0 -c 2"),
        ("digits", "ten classes", "-s 0 -c 2"),
        ("diabetes", "regression", "-s 3 -p 0.1 -c 10"),
        ("breast-cancer", "two classes with nu", "-s 1 -n 0.2"),
        ("wine", "three classes with nu", "-s 1 -n 0.2"),
        ("diabetes", "regression with nu", "-s 4 -n 0.4 -c 10"),
        ("wine", "one class", "-s 2 -n 0.2"),
    ]
    kinds = {
        "linear": ("-t 0", (0, 0, 0)),
        "polynomial": ("-t 1 -g 0.05 -r 1 -d 3", (0.05, 1, 3)),
        "gaussian": ("-t 2 -g 0.05", (0.05, 0, 0)),
        "sigmoid": ("-t 3 -g 0.02 -r -0.5", (0.02, -0.5, 0)),
    }
    for number, (data_set, title, trainer) in enumerate(problems):
        name = f"{number}-{data_set}"
        data = folder / f"{name}-scaled.svm"
        run("convert", ROOT / "Datasets" / f"{data_set}.csv", data, "--scale", "standard")
        targets, rows = svmutil.svm_read_problem(str(data))
        order = list(range(len(rows)))
        random.Random(data_set).shuffle(order)
        # LIBSVM orders labels by their first appearance.
        targets, rows = [targets[i] for i in order], [rows[i] for i in order]
        targets, rows = targets[:700], rows[:700]
        width = max(max(row, default=0) for row in rows)
        x = np.zeros((len(rows), width))
        for place, row in enumerate(rows):
            for index, value in row.items():
                x[place, index - 1] = value
        with open(data, "w") as file:
            for target, row in zip(targets, rows):
                entries = " ".join(f"{i}:{v!r}" for i, v in row.items() if v != 0)
                file.write(f"{target:g} {entries}\n")
        for kind, (options, parameters) in kinds.items():
            # LIBSVM's model, read by svm.
            with contextlib.redirect_stdout(io.StringIO()):
                theirs = svmutil.svm_train(targets, rows, f"{trainer} {options} -q")
            path = folder / f"{name}-{kind}-theirs.libsvm"
            svmutil.svm_save_model(str(path), theirs)
            compare(f"libsvm → svm, {title}, {kind}", path, path, data, rows, x, kind, parameters)
            # svm's model, read by LIBSVM.
            ours = folder / f"{name}-{kind}-ours.model"
            written = folder / f"{name}-{kind}-ours.libsvm"
            run("train", data, "-o", ours, "--quiet", *trainer.split(), *options.split())
            run("convert", ours, written)
            compare(f"svm → libsvm, {title}, {kind}", ours, written, data, rows, x, kind, parameters)


def compare(what, ours, text, data, rows, x, kind, parameters):
    model = svmutil.svm_load_model(str(text))
    # C-SVC and nu-SVC have classes; one-class, epsilon-SVR and nu-SVR do not.
    has_classes = model.get_svm_type() in (0, 1)
    classes = model.nr_class if has_classes else 2
    columns = classes * (classes - 1) // 2
    their_labels, theirs = libsvm_values(model, rows, columns)
    labels, values = predictions(ours, data, "--precision", "double")
    # Decision values have LIBSVM's order of pairs or, of two classes, sign.
    if has_classes:
        listed = model.get_labels()
        if classes > 2 or listed[0] < listed[1]:
            theirs = -theirs
        wrong = sum(float(a) != b for a, b in zip(labels, their_labels))
        report(what + ", labels", wrong == 0, f"{wrong} of {len(rows)} differ")
    difference = (np.abs(values - theirs).max(axis=1) / error_scale(model, kind, parameters, x)).max()
    report(what, difference <= LIBSVM_BOUND, f"{difference:.1e} of sum |coef * k| + |b|")


# ---- safetensors and Core ML


def check_safetensors(folder):
    model = folder / "iris-gaussian.model"
    _, decisions = predictions(model, folder / "iris-test.csv", "--precision", "double")
    with safe_open(str(model), framework="np") as file:
        header = json.loads(file.metadata()["model"])
        tensors = {key: file.get_tensor(key) for key in file.keys()}
    _, rows = read_csv(folder / "iris-test.csv")
    x = np.array([[float(v) for v in row] for row in rows])
    x = (x - tensors["scaling.offsets"]) * tensors["scaling.factors"]
    found = one_versus_one(
        np.exp(-header["kernelParameters"]["gamma"] * squared_distances(x, tensors["supportVectors"])),
        tensors["dualCoefficients"], tensors["supportCounts"], tensors["biases"], 1)
    difference = np.abs(found - decisions).max() / np.abs(decisions).max()
    report("safetensors iris", difference <= DOUBLE_BOUND, f"{difference:.1e}")


def squared_distances(x, z):
    return ((x[:, None, :] - z[None, :, :]) ** 2).sum(axis=2)


def one_versus_one(kernel, coefficients, counts, biases, sign):
    starts = np.concatenate([[0], np.cumsum(counts)])
    values = []
    for first in range(len(counts)):
        for second in range(first + 1, len(counts)):
            a, b = slice(starts[first], starts[first + 1]), slice(starts[second], starts[second + 1])
            sums = kernel[:, a] @ coefficients[second - 1, a] + kernel[:, b] @ coefficients[first, b]
            values.append(sign * (sums + biases[len(values)]))
    return np.stack(values, axis=1)


def check_coreml(folder):
    model, path = folder / "iris-gaussian.model", folder / "iris.mlmodel"
    _, decisions = predictions(model, folder / "iris-test.csv", "--precision", "double")
    run("convert", model, path)
    spec = Model_pb2.Model()
    spec.ParseFromString(path.read_bytes())
    length = len(spec.SerializeToString())
    spec.DiscardUnknownFields()
    known = len(spec.SerializeToString()) == length
    stages = spec.pipelineClassifier.pipeline.models
    kinds = [stage.WhichOneof("Type") for stage in stages]
    report("core ml stages", known and kinds[-2:] == ["scaler", "supportVectorClassifier"], kinds)
    names = [entry.name for entry in spec.description.input]
    header, rows = read_csv(folder / "iris-test.csv")
    report("core ml inputs", names == header, names)
    scaler, machine = stages[-2].scaler, stages[-1].supportVectorClassifier
    x = np.array([[float(v) for v in row] for row in rows])
    x = (x + np.array(scaler.shiftValue)) * np.array(scaler.scaleValue)
    vectors = np.array([list(v.values) for v in machine.denseSupportVectors.vectors])
    found = one_versus_one(
        np.exp(-machine.kernel.rbfKernel.gamma * squared_distances(x, vectors)),
        np.array([list(c.alpha) for c in machine.coefficients]),
        list(machine.numberOfSupportVectorsPerClass), -np.array(machine.rho), -1)
    difference = np.abs(found - decisions).max() / np.abs(decisions).max()
    report("core ml iris", difference <= DOUBLE_BOUND, f"{difference:.1e}")


def main():
    global SVM
    parser = argparse.ArgumentParser()
    parser.add_argument("svm")
    parser.add_argument("--keep", type=pathlib.Path, help="leave the files in this folder")
    arguments = parser.parse_args()
    SVM = str(pathlib.Path(arguments.svm).resolve())
    with tempfile.TemporaryDirectory() as temporary:
        folder = arguments.keep or pathlib.Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        for name in ["iris", "wine", "breast-cancer", "digits", "diabetes"]:
            check_onnx(folder, name, numeric_data_set(name), is_regression=name == "diabetes")
        check_onnx(folder, "mixed", mixed_data_set())
        for name in ["iris", "breast-cancer", "digits"]:
            check_probabilities(folder, name + "-probable", numeric_data_set(name))
        check_probabilities(folder, "mixed-probable", mixed_data_set())
        check_safetensors(folder)
        check_coreml(folder)
        check_libsvm(folder)
    print(f"{passed} passed, {failed} failed")
    sys.exit(1 if failed else 0)


SVM = ""
if __name__ == "__main__":
    main()
