"""Makes the one matrix that every solver gets, as LIBSVM text for `svm` and as arrays for its peers.

Runs in a process of its own (`python -m compare.prepare`), so that the process that starts the solvers
stays small: a child's peak memory counts from what its parent held.
"""

import hashlib
import json
import lzma
import os
import sys

import numpy
import scipy.sparse

from . import sets, synthetic

PREDICTED_ROWS = 10_000  # held-out rows are followed by training rows up to this number
HELD_OUT_SHARE = 0.1


def find(folder, name):
    """The path of a data file, unpacked or with `.xz` at the end, or `None`."""
    for path in (os.path.join(folder, name), os.path.join(folder, name + ".xz")):
        if os.path.exists(path):
            return path
    return None


def _read(path):
    """Features (CSR) and targets of a LIBSVM, CSV or tab-separated file; the target is the last column."""
    from sklearn.datasets import load_svmlight_file

    unpacked = path.removesuffix(".xz")
    opened = lzma.open(path, "rb") if path.endswith(".xz") else open(path, "rb")
    with opened as file:
        if unpacked.endswith(".svm"):
            return load_svmlight_file(file)
        lines = file.read().decode().splitlines()
    delimiter = "\t" if unpacked.endswith(".tsv") else ","
    has_header = any(letter.isalpha() and letter not in "eE" for letter in lines[0])
    table = numpy.loadtxt(lines, delimiter=delimiter, skiprows=int(has_header), ndmin=2)
    return scipy.sparse.csr_matrix(table[:, :-1]), table[:, -1]


def _held_out(features, targets):
    """The seeded split of a set that has no held-out file: training rows, then the others."""
    order = numpy.random.default_rng(0).permutation(len(targets))
    count = round(len(targets) * HELD_OUT_SHARE)
    test, train = numpy.sort(order[:count]), numpy.sort(order[count:])
    return features[train], targets[train], features[test], targets[test]


def _load(definition, folder):
    if definition.synthetic:
        arguments = dict(definition.source)
        features, targets = getattr(synthetic, arguments.pop("maker", "make"))(**arguments)
        return _held_out(scipy.sparse.csr_matrix(features), targets)
    features, targets = _read(find(folder, definition.source))
    if definition.rows:
        features, targets = features[: definition.rows], targets[: definition.rows]
    if definition.test is None:
        return _held_out(features, targets)
    test_features, test_targets = _read(find(folder, definition.test))
    width = features.shape[1]
    test_features = test_features[:, :width]
    test_features.resize(len(test_targets), width)
    return features, targets, test_features, test_targets


def _scaled(definition, train, train_targets, test, test_targets):
    """Scaling by the training rows alone, applied to both."""
    if definition.standardise:
        train, test = train.toarray(), test.toarray()
        mean, deviation = train.mean(0), train.std(0)
        deviation[deviation == 0] = 1
        train = scipy.sparse.csr_matrix((train - mean) / deviation)
        test = scipy.sparse.csr_matrix((test - mean) / deviation)
    train.data = train.data / definition.divide
    test.data = test.data / definition.divide
    if definition.standardise_target:
        mean, deviation = train_targets.mean(), train_targets.std()
        train_targets, test_targets = (train_targets - mean) / deviation, (test_targets - mean) / deviation
    return train, train_targets, test, test_targets


def _texts(matrix):
    """The values as text that names a Float and no other, and the matrix of what that text says in Double."""
    distinct, inverse = numpy.unique(matrix.data.astype("f4"), return_inverse=True)
    texts = [numpy.format_float_positional(value, unique=True, trim="-") for value in distinct]
    matrix.data = numpy.array([float(text) for text in texts])[inverse]
    return texts, inverse


def _write(path, matrix, targets):
    """LIBSVM text. Changes the matrix to the values that were written."""
    matrix.eliminate_zeros()
    matrix.sort_indices()
    texts, inverse = _texts(matrix)
    with open(path, "w") as file:
        for row, target in enumerate(targets):
            part = slice(matrix.indptr[row], matrix.indptr[row + 1])
            entries = zip((matrix.indices[part] + 1).tolist(), inverse[part].tolist())
            label = int(target) if target == int(target) else float(target)
            file.write(f"{label} " + " ".join(f"{column}:{texts[value]}" for column, value in entries) + "\n")


def prepare(definition, folder, work):
    """Writes NAME.svm, NAME-predict.svm, NAME.npz and, last, NAME.json, which tells what they hold."""
    os.makedirs(work, exist_ok=True)
    stem = os.path.join(work, definition.name)
    train, targets, test, test_targets = _scaled(definition, *_load(definition, folder))
    extra = min(max(0, PREDICTED_ROWS - len(test_targets)), len(targets))
    predicted = scipy.sparse.vstack([test, train[:extra]], format="csr")
    predicted_targets = numpy.concatenate([test_targets, targets[:extra]])
    _write(stem + ".svm", train, targets)
    _write(stem + "-predict.svm", predicted, predicted_targets)
    numpy.savez(
        stem + ".npz", width=train.shape[1], data=train.data, indices=train.indices, indptr=train.indptr,
        targets=targets, predict_data=predicted.data, predict_indices=predicted.indices,
        predict_indptr=predicted.indptr, predict_targets=predicted_targets)
    with open(stem + ".svm", "rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    classes = len(numpy.unique(targets)) if definition.task == "classification" else None
    meta = {
        "made": definition.made_from(), "digest": digest, "rows": train.shape[0], "features": train.shape[1],
        "nonzeros": int(train.nnz), "density": train.nnz / (train.shape[0] * train.shape[1]), "classes": classes,
        "testRows": len(test_targets), "predictRows": len(predicted_targets)}
    with open(stem + ".json", "w") as file:
        json.dump(meta, file, indent=1)


if __name__ == "__main__":
    prepare(sets.ALL[sys.argv[1]], sys.argv[2], sys.argv[3])
