#!/usr/bin/env python3
"""Makes calibration.json: what calibrations of decision values must be, found in other ways.

    python3 -m venv .venv && .venv/bin/pip install -r Tests/References/calibration-requirements.txt
    .venv/bin/python Tests/References/make_calibration_references.py

- Sigmoids: the minimum of the textbook's cross-entropy in the decision values as they are, by a damped
  Newton method in extended precision (numpy.longdouble), to a gradient of 1e-13 of the weight.
- Isotonic regression: scikit-learn's IsotonicRegression on the same targets, at points in and between
  and beyond the rows.
- Temperatures: the root of the derivative by scipy.optimize.brentq.
- Pairwise coupling: the optimality conditions of the quadratic program, eliminated in exact fractions.
- Intervals: LIBSVM's rule for the Laplace scale and order statistics, by sorting.
"""

import json
import pathlib
import sys
from fractions import Fraction

import numpy as np
import scipy
import sklearn
from scipy.optimize import brentq
from sklearn.isotonic import IsotonicRegression

OUT = pathlib.Path(__file__).resolve().parent / "calibration.json"
EXTENDED = np.longdouble


def rows(seed, count, shift, scale, offset=0.0, decimals=4, weighted=False, positives=0.5):
    """Decision values of two overlapping classes, `shift` deviations apart, with labels and weights."""
    generator = np.random.default_rng(seed)
    labels = generator.random(count) < positives
    labels[:2] = [True, False]
    decisions = np.round(offset + scale * (generator.normal(size=count) + shift * labels), decimals)
    weights = np.round(generator.random(count) * 3, 2) if weighted else np.ones(count)
    if weighted:
        weights[5] = 0
    return decisions, labels, weights


def targets(labels, weights):
    positive, negative = weights[labels].sum(), weights[~labels].sum()
    return np.where(labels, (positive + 1) / (positive + 2), 1 / (negative + 2))


def sigmoid(decisions, labels, weights):
    """A and B of the unconstrained minimum; (0, B of the best constant) when it does not rise."""
    t = targets(labels, weights).astype(EXTENDED)
    w = (weights / weights.sum()).astype(EXTENDED)
    d = decisions.astype(EXTENDED)

    def value(a, b):
        f = a * d + b
        return (w * (t * np.logaddexp(0, f) + (1 - t) * np.logaddexp(0, -f))).sum()

    mean = (w * t).sum()
    constant = np.log((1 - mean) / mean)
    a, b = EXTENDED(0), constant
    for _ in range(500):
        p = 1 / (1 + np.exp(a * d + b))
        gradient = np.array([(w * (t - p) * d).sum(), (w * (t - p)).sum()])
        h = w * p * (1 - p)
        aa, ab, bb = (h * d * d).sum(), (h * d).sum(), h.sum()
        if abs(gradient[0]) / np.abs(d).max() < 1e-16 and abs(gradient[1]) < 1e-16:
            break
        determinant = aa * bb - ab * ab
        step = np.array([bb * gradient[0] - ab * gradient[1], aa * gradient[1] - ab * gradient[0]]) / determinant
        length = EXTENDED(1)
        while value(a - length * step[0], b - length * step[1]) > value(a, b) and length > 1e-12:
            length /= 2
        a, b = a - length * step[0], b - length * step[1]
    assert abs(gradient[0]) / np.abs(d).max() < 1e-13 and abs(gradient[1]) < 1e-13, gradient
    return (float(a), float(b)) if a < 0 else (0.0, float(constant))


def temperature(scores, classes, weights):
    """The inverse temperature of a softmax for smoothed targets; 0 when the scores are reversed."""
    count = scores.shape[1]
    totals = np.array([weights[classes == index].sum() for index in range(count)])
    t = np.zeros_like(scores)
    for row, index in enumerate(classes):
        t[row] = 1 / (totals[index] + count)
        t[row, index] = (totals[index] + 1) / (totals[index] + count)

    def slope(beta):
        powers = np.exp(beta * (scores - scores.max(axis=1, keepdims=True)))
        p = powers / powers.sum(axis=1, keepdims=True)
        return (weights[:, None] * (p - t) * scores).sum()

    if slope(0) >= 0:
        return 0.0
    high = 1.0
    while slope(high) < 0:
        high *= 2
    return brentq(slope, 0, high, xtol=1e-15, rtol=1e-14, maxiter=1000)


def coupled(count, later):
    """p of the second method, from the probability of the later class of each pair, in fractions."""
    r = [[Fraction(0)] * count for _ in range(count)]
    index = 0
    for i in range(count):
        for j in range(i + 1, count):
            r[j][i] = Fraction(str(later[index]))
            r[i][j] = 1 - r[j][i]
            index += 1
    # Qp − b·e = 0, Σp = 1
    system = [
        [(sum(r[s][i] ** 2 for s in range(count) if s != i) if i == j else -r[j][i] * r[i][j]) for j in range(count)]
        + [Fraction(-1), Fraction(0)]
        for i in range(count)]
    system.append([Fraction(1)] * count + [Fraction(0), Fraction(1)])
    size = count + 1
    for column in range(size):
        pivot = next(row for row in range(column, size) if system[row][column] != 0)
        system[column], system[pivot] = system[pivot], system[column]
        head = system[column][column]
        system[column] = [value / head for value in system[column]]
        for row in range(size):
            if row != column and system[row][column] != 0:
                factor = system[row][column]
                system[row] = [x - factor * y for x, y in zip(system[row], system[column])]
    return [float(system[row][size]) for row in range(count)]


def intervals(residuals, coverages):
    sizes = np.abs(residuals)
    mean = sizes.mean()
    kept = sizes[sizes <= 5 * np.sqrt(2 * mean * mean)]
    ordered = np.sort(sizes)
    widths = []
    for coverage in coverages:
        rank = int(np.ceil(round(coverage * (len(sizes) + 1), 9)))
        widths.append(float(ordered[rank - 1]) if rank <= len(sizes) else None)
    return {
        "residuals": residuals.tolist(), "laplaceScale": float(kept.mean()), "coverages": coverages,
        "halfWidths": widths}


def main():
    sigmoids, isotonics, temperatures = [], [], []
    cases = {
        "overlapping": rows(1, 60, 1.5, 1.0),
        "separable": rows(2, 30, 9.0, 1.0),
        "weighted": rows(3, 80, 1.0, 2.0, weighted=True),
        "rare": rows(4, 120, 2.0, 1.0, positives=0.08),
        "far": rows(5, 50, 1.2, 1e-3, offset=7.0, decimals=7),
        "large": rows(6, 50, 1.2, 1e6),
        "reversed": rows(7, 60, -1.0, 1.0),
        "ties": rows(8, 100, 1.0, 1.0, decimals=0, weighted=True),
    }
    for name, (decisions, labels, weights) in cases.items():
        shown = {
            "name": name, "decisions": decisions.tolist(), "isPositive": [bool(each) for each in labels],
            "weights": weights.tolist()}
        a, b = sigmoid(decisions, labels, weights)
        kept = weights > 0
        isotonic = IsotonicRegression(out_of_bounds="clip").fit(
            decisions[kept], targets(labels, weights)[kept], sample_weight=weights[kept])
        low, high = decisions.min(), decisions.max()
        points = np.linspace(low - 0.1 * (high - low), high + 0.1 * (high - low), 23)
        beta = temperature(np.stack([np.zeros(len(decisions)), decisions], axis=1), labels.astype(int), weights)
        sigmoids.append(shown | {
            "a": a, "b": b, "inverseTemperature": beta, "points": points.tolist(),
            "isotonic": isotonic.predict(points).tolist()})
    for seed, count, scale in [(11, 3, 1.0), (12, 5, 10.0), (13, 4, -1.0)]:
        generator = np.random.default_rng(seed)
        classes = generator.integers(0, count, 40)
        scores = np.round(generator.normal(size=(40, count)) + scale / 5 * np.eye(count)[classes] * 5, 4)
        weights = np.round(generator.random(40) * 2, 2)
        temperatures.append({
            "scores": scores.tolist(), "classes": classes.tolist(), "weights": weights.tolist(),
            "inverseTemperature": temperature(scores, classes, weights)})
    couplings = []
    for seed, count in [(21, 3), (22, 4), (23, 6), (24, 10)]:
        generator = np.random.default_rng(seed)
        later = np.round(generator.random(count * (count - 1) // 2), 3).tolist()
        couplings.append({"classCount": count, "later": later, "probabilities": coupled(count, later)})
        extreme = [round(each) for each in later]  # every pair is certain, also in circles
        couplings.append({"classCount": count, "later": extreme, "probabilities": coupled(count, extreme)})
    near = [1e-9, 0.5, 0.999999999, 1 - 1e-9, 1e-9, 0.5]
    couplings.append({"classCount": 4, "later": near, "probabilities": coupled(4, near)})
    generator = np.random.default_rng(31)
    residuals = np.round(generator.laplace(size=57), 4)
    residuals[3] = 40  # beyond five deviations
    document = {
        "versions": {
            "numpy": np.__version__, "scipy": scipy.__version__, "scikit-learn": sklearn.__version__,
            "python": ".".join(map(str, sys.version_info[:3]))},
        "scores": sigmoids, "temperatures": temperatures, "couplings": couplings,
        "intervals": intervals(residuals, [0.5, 0.8, 0.9, 0.95, 0.975, 0.99])}
    lines = []
    for key, value in document.items():
        if isinstance(value, list):
            inner = ",\n".join("  " + json.dumps(each) for each in value)
            lines.append(f'"{key}": [\n{inner}\n]')
        else:
            lines.append(f'"{key}": {json.dumps(value)}')
    OUT.write_text("{" + ",\n".join(lines) + "}\n")


if __name__ == "__main__":
    main()
