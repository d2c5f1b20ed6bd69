"""Dual objectives that LIBSVM reaches on problems whose curvatures differ by many powers of ten.

    pip install -r ill-conditioned-requirements.txt
    python make_ill_conditioned_references.py

LIBSVM stops after 10,000,000 steps. Its kernel values are in single precision, and the objective that
it prints is of these; here the objective of its dual variables is computed in double precision. Prints
the lines of the table in IllConditionedTests.swift, whose examples come from the same generator.
"""

import numpy as np
from libsvm.svmutil import svm_train

MASK = (1 << 64) - 1


class Generator:
    """TestGenerator of the tests."""

    def __init__(self, seed):
        self.state = seed

    def next(self):
        self.state = (self.state + 0x9E3779B97F4A7C15) & MASK
        bits = self.state
        bits = ((bits ^ (bits >> 30)) * 0xBF58476D1CE4E5B9) & MASK
        bits = ((bits ^ (bits >> 27)) * 0x94D049BB133111EB) & MASK
        return bits ^ (bits >> 31)

    def uniform(self):
        return (self.next() >> 11) * 2.0**-53

    def normal(self):
        total = -6.0
        for _ in range(12):
            total += self.uniform()
        return total


def examples(count, features, factor, column, seed):
    generator = Generator(seed)
    rows = np.array([[generator.normal() for _ in range(features)] for _ in range(count)])
    rows[:, column] *= factor
    labels = np.array([1.0 if generator.uniform() < 0.5 else -1.0 for _ in range(count)])
    targets = np.array([rows[i, 0] / factor + rows[i, 1] ** 2 + generator.normal()
                        for i in range(count)])
    return rows, labels, targets


CASES = [
    # kind, count, features, factor, column, seed, degree, gamma, constant term, C
    ("c", 300, 3, 30.0, 0, 1, 3, 0.1, 0.5, 10.0),
    ("c", 300, 3, 30.0, 1, 2, 3, 0.1, 0.5, 10.0),
    ("c", 300, 3, 30.0, 2, 3, 3, 0.1, 0.5, 10.0),
    ("c", 200, 5, 100.0, 0, 4, 2, 1.0, 1.0, 1.0),
    ("c", 200, 4, 10.0, 0, 5, 4, 0.1, 1.0, 100.0),
    ("r", 300, 3, 30.0, 0, 6, 3, 0.1, 0.5, 10.0),
]

for kind, count, features, factor, column, seed, degree, gamma, constant, c in CASES:
    rows, labels, targets = examples(count, features, factor, column, seed)
    goal = labels if kind == "c" else targets
    entries = [{j + 1: float(v) for j, v in enumerate(row)} for row in rows]
    model = svm_train(
        [float(v) for v in goal], entries,
        f"-q -s {0 if kind == 'c' else 3} -t 1 -d {degree} -g {gamma} -r {constant} -c {c} -p 0.1")
    beta = np.zeros(count)
    for index, coefficient in zip(model.get_sv_indices(), model.get_sv_coef()):
        beta[index - 1] = coefficient[0]
    if kind == "c" and model.get_labels()[0] != 1:
        beta = -beta
    kernel = (gamma * rows @ rows.T + constant) ** degree
    quadratic = beta @ kernel @ beta / 2
    if kind == "c":
        objective = np.abs(beta).sum() - quadratic
    else:
        objective = targets @ beta - 0.1 * np.abs(beta).sum() - quadratic
    print(f"    ({kind == 'c'!s:5}, {count}, {features}, {factor}, {column}, {seed}, {degree}, "
          f"{gamma}, {constant}, {c}, {objective:.6f}),".replace("True ", "true").replace("False", "false"))
