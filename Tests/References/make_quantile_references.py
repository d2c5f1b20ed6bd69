#!/usr/bin/env python3
"""Makes quantiles.json: the optima of kernel quantile regression, from a plain interior-point method, and
what scikit-learn's QuantileRegressor answers for a linear function without a penalty.

    python3 -m venv .venv && .venv/bin/pip install -r Tests/References/quantile-requirements.txt
    OMP_NUM_THREADS=1 .venv/bin/python Tests/References/make_quantile_references.py

Read `main` first. README.md describes the file.
"""

import csv
import json
import pathlib
import sys

import numpy as np
import scipy
import sklearn
from sklearn.linear_model import QuantileRegressor

FOLDER = pathlib.Path(__file__).resolve().parent
DATASETS = FOLDER.parent.parent / "Datasets"
QUANTILES = [0.1, 0.5, 0.9]
# C at which the penalty no longer changes a linear function of standardised features.
LARGE_C = 1e4


def load(name):
    """The standardised features and the standardised target."""
    with open(DATASETS / f"{name}.csv", newline="", encoding="utf-8") as file:
        table = np.array([[float(field) for field in row] for row in list(csv.reader(file))[1:]])
    deviation = table.std(axis=0)  # the divisor is n
    deviation[deviation == 0] = 1
    table = (table - table.mean(axis=0)) / deviation
    return table[:, :-1], table[:, -1]


def example_weights(count):
    """0, 1, 2, ½ and 1½ in turn."""
    return np.array([(7 * row % 5) / 2 for row in range(count)])


def solve(matrix, target, lower, upper):
    """Minimises ½βᵀKβ − zᵀβ with Σβ = 0 and lower ≤ β ≤ upper by Mehrotra's predictor and corrector.

    Returns β and the multiplier of Σβ = 0, which is the bias."""
    count = len(target)
    beta = (lower + upper) / 2
    # Inside the bounds; the equality is met on the way.
    bias, below, above = 0.0, np.ones(count), np.ones(count)
    # The room on both sides, which subtracting would round away.
    left, right = beta - lower, upper - beta
    for _ in range(200):
        # Stationarity: Kβ − z + b − s + t = 0, with s, t ≥ 0 at the lower and the upper bound.
        dual = matrix @ beta - target + bias - below + above
        primal = beta.sum()
        gap = (left @ below + right @ above) / (2 * count)
        if gap < 1e-14:
            break
        system = matrix + np.diag(below / left + above / right)
        factor = scipy.linalg.cho_factor(system)
        ones = scipy.linalg.cho_solve(factor, np.ones(count))

        def step(complement_left, complement_right):
            right_side = -dual + complement_left / left - complement_right / right
            particular = scipy.linalg.cho_solve(factor, right_side)
            change_bias = (particular.sum() + primal) / ones.sum()
            change = particular - change_bias * ones
            return (change, change_bias, (complement_left - below * change) / left,
                    (complement_right + above * change) / right)

        def length(change, change_below, change_above):
            limits = [1.0]
            for value, move in [(left, change), (right, -change), (below, change_below),
                                (above, change_above)]:
                shrinking = move < 0
                limits.append((-value[shrinking] / move[shrinking]).min(initial=np.inf))
            return min(limits)

        change, _, change_below, change_above = step(-left * below, -right * above)
        reach = length(change, change_below, change_above)
        predicted = ((left + reach * change) @ (below + reach * change_below)
                     + (right - reach * change) @ (above + reach * change_above)) / (2 * count)
        centre = gap * (predicted / gap) ** 3
        change, change_bias, change_below, change_above = step(
            centre - left * below - change * change_below,
            centre - right * above + change * change_above)
        reach = min(1.0, 0.995 * length(change, change_below, change_above))
        beta, bias = beta + reach * change, bias + reach * change_bias
        left, right = left + reach * change, right - reach * change
        below, above = below + reach * change_below, above + reach * change_above
    assert gap < 1e-14 and abs(dual).max() < 1e-9 and abs(beta.sum()) < 1e-9
    return beta, bias


def pinball(residual, quantile):
    return np.maximum(quantile * residual, (quantile - 1) * residual)


def record(name, x, target, kernel, gamma, c, weights):
    matrix = x @ x.T if kernel == "linear" else np.exp(
        -gamma * ((x[:, None, :] - x[None, :, :]) ** 2).sum(axis=2))
    kept = np.flatnonzero(weights)
    rows = list(range(0, len(x), len(x) // 15))[:15]
    problems = []
    for quantile in QUANTILES:
        bounds = c * weights[kept]
        block = matrix[np.ix_(kept, kept)]
        beta, bias = solve(block, target[kept], bounds * (quantile - 1), bounds * quantile)
        values = block @ beta
        primal = 0.5 * beta @ values + (
            bounds * pinball(target[kept] - values - bias, quantile)).sum()
        dual = target[kept] @ beta - 0.5 * beta @ values
        assert primal - dual < 1e-9 * max(1, abs(primal)), (name, quantile, primal, dual)
        problems.append({
            "quantile": quantile, "objective": float(f"{dual:.12g}"),
            "bias": float(f"{bias:.10g}"),
            "decisionValues": [
                float(f"{value:.10g}") for value in matrix[np.ix_(rows, kept)] @ beta + bias]})
    return {"kernel": kernel, "gamma": gamma, "c": c, "weights": bool((weights != 1).any()),
            "rows": rows, "problems": problems}


def main():
    x, target = load("diabetes")
    ones, weights = np.ones(len(x)), example_weights(len(x))
    gamma = 1 / (x.shape[1] * float(x.var()))
    cases = [record("diabetes", x, target, kernel, gamma if kernel == "gaussian" else None, c, each)
             for kernel in ["linear", "gaussian"] for c in [0.1, 1.0, 10.0]
             for each in [ones, weights]]
    linear = []
    for quantile in QUANTILES:
        for each in [ones, weights]:
            model = QuantileRegressor(quantile=quantile, alpha=0, solver="highs")
            model.fit(x, target, sample_weight=each)
            linear.append({
                "quantile": quantile, "c": LARGE_C, "weights": bool((each != 1).any()),
                "coefficients": [float(f"{value:.10g}") for value in model.coef_],
                "intercept": float(f"{model.intercept_:.10g}")})
    content = {
        "versions": {"numpy": np.__version__, "scipy": scipy.__version__,
                     "scikit-learn": sklearn.__version__},
        "dataset": "diabetes", "cases": cases, "linear": linear}
    text = json.dumps(content, separators=(",", ":"))
    text = text.replace('{"kernel":', '\n{"kernel":').replace('{"quantile":', '\n{"quantile":')
    (FOLDER / "quantiles.json").write_text(text + "\n")
    print(f"{len(cases)} cases, {len(linear)} linear functions", file=sys.stderr)


if __name__ == "__main__":
    main()
