#!/usr/bin/env python3
"""Makes metrics.json: what scikit-learn says of some predictions.

    python3 -m venv .venv && .venv/bin/pip install -r Tests/References/metrics-requirements.txt
    .venv/bin/python Tests/References/make_metric_references.py

Rows of weight 0 are taken out before scikit-learn sees them: it counts their labels as classes that
occur. `null` stands for figures that have no value here; README.md says what scikit-learn answers there.
"""

import json
import math
import pathlib
import warnings

import numpy as np
import sklearn
from sklearn import metrics
from sklearn.calibration import calibration_curve

FOLDER = pathlib.Path(__file__).resolve().parent
random = np.random.default_rng(20)


def number(value):
    value = float(value)
    return value if math.isfinite(value) else None


def kept(weights, *columns):
    """The rows that count, and their weights."""
    count = len(columns[0])
    weights = np.ones(count) if weights is None else np.asarray(weights, dtype=float)
    rows = weights > 0
    return [np.asarray(column)[rows] for column in columns] + [weights[rows]]


def classes(name, count, actual, predicted, weights=None):
    a, p, w = kept(weights, actual, predicted)
    options = dict(sample_weight=w, zero_division=0)
    occurs = len(np.unique(a)) > 1 or len(np.unique(p)) > 1 or a[0] != p[0]
    precision = [number(metrics.precision_score(a, p, labels=[k], average="macro", **options))
                 if (p == k).any() else None for k in range(count)]
    recall = [number(metrics.recall_score(a, p, labels=[k], average="macro", **options))
              if (a == k).any() else None for k in range(count)]
    f1 = [number(metrics.f1_score(a, p, labels=[k], average="macro", **options))
          if (a == k).any() or (p == k).any() else None for k in range(count)]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        balanced = metrics.balanced_accuracy_score(a, p, sample_weight=w)
        kappa = metrics.cohen_kappa_score(a, p, sample_weight=w) if occurs else None
    return {
        "name": name, "classCount": count, "actual": [int(x) for x in actual],
        "predicted": [int(x) for x in predicted],
        "weights": None if weights is None else [float(x) for x in weights],
        "confusion": [[float(x) for x in row] for row in metrics.confusion_matrix(
            a, p, labels=range(count), sample_weight=w)],
        "precision": precision, "recall": recall, "f1": f1,
        "figures": {
            "accuracy": number(metrics.accuracy_score(a, p, sample_weight=w)),
            "balancedAccuracy": number(balanced),
            "macroF1": number(metrics.f1_score(a, p, average="macro", **options)),
            "macroPrecision": number(metrics.precision_score(a, p, average="macro", **options)),
            "macroRecall": number(metrics.recall_score(a, p, average="macro", **options)),
            "weightedPrecision": number(
                metrics.precision_score(a, p, average="weighted", **options)),
            "weightedF1": number(metrics.f1_score(a, p, average="weighted", **options)),
            "matthewsCorrelation": number(metrics.matthews_corrcoef(a, p, sample_weight=w)),
            "cohenKappa": kappa if kappa is None else number(kappa),
        }}


def ranking(name, scores, positive, weights=None, curves=False):
    s, y, w = kept(weights, scores, positive)
    both = y.any() and not y.all()
    case = {
        "name": name, "scores": [float(x) for x in scores], "isPositive": [bool(x) for x in positive],
        "weights": None if weights is None else [float(x) for x in weights],
        "rocAUC": number(metrics.roc_auc_score(y, s, sample_weight=w)) if both else None,
        "averagePrecision":
            number(metrics.average_precision_score(y, s, sample_weight=w)) if y.any() else None}
    if curves:
        rates = metrics.roc_curve(y, s, sample_weight=w, drop_intermediate=False)
        case["roc"] = [[number(x) for x in row[:2]] for row in zip(*rates)]
        precision, recall, _ = metrics.precision_recall_curve(y, s, sample_weight=w)
        case["precisionRecall"] = [[number(r), number(p)] for r, p in zip(recall, precision)][::-1]
    return case


def probabilities(name, values, actual, weights=None, calibration=False):
    values = np.asarray(values)
    count = values.shape[1]
    p, a, w = kept(weights, values, actual)
    labels = list(range(count))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        loss = metrics.log_loss(a, p, labels=labels, sample_weight=w)
        brier = metrics.brier_score_loss(
            a, p if count > 2 else p[:, 1], labels=labels, sample_weight=w,
            **({} if count > 2 else {"pos_label": 1}))
    areas, averages = [], []
    for k in labels:
        y = a == k
        if y.any() and not y.all():
            areas.append(metrics.roc_auc_score(y, p[:, k], sample_weight=w))
        if y.any():
            averages.append(metrics.average_precision_score(y, p[:, k], sample_weight=w))
    if count > 2 and len(areas) == count:
        whole = metrics.roc_auc_score(
            a, p, multi_class="ovr", average="macro", sample_weight=w)
        assert abs(whole - np.mean(areas)) < 1e-14
    case = {
        "name": name, "classCount": count, "actual": [int(x) for x in actual],
        "probabilities": [float(x) for x in values.ravel()],
        "weights": None if weights is None else [float(x) for x in weights],
        "figures": {
            "logLoss": number(loss), "brierScore": number(brier),
            "macroRocAUC": number(np.mean(areas)) if areas else None,
            "macroAveragePrecision": number(np.mean(averages)) if averages else None,
            **{"topKAccuracy@%d" % k: top_k(p, a, w, k) for k in (2, 3, 4, 5)},
        }}
    if calibration:
        true, mean = calibration_curve(a, p[:, 1], n_bins=5, strategy="uniform")
        case["calibration"] = [[number(m), number(t)] for m, t in zip(mean, true)]
    return case


def top_k(probabilities, actual, weights, k):
    """Of equal scores scikit-learn takes the later class, the toolkit the earlier: classes are turned around."""
    count = probabilities.shape[1]
    if count <= k:
        return None
    return number(metrics.top_k_accuracy_score(
        count - 1 - actual, probabilities[:, ::-1], k=k, sample_weight=weights, labels=range(count)))


def numbers(name, actual, predicted, weights=None):
    a, p, w = kept(weights, actual, predicted)
    varies = len(np.unique(a)) > 1
    return {
        "name": name, "actual": [float(x) for x in actual], "predicted": [float(x) for x in predicted],
        "weights": None if weights is None else [float(x) for x in weights],
        "figures": {
            "rmse": number(metrics.root_mean_squared_error(a, p, sample_weight=w)),
            "mae": number(metrics.mean_absolute_error(a, p, sample_weight=w)),
            "r2": number(metrics.r2_score(a, p, sample_weight=w)) if varies else None,
            "medianAbsoluteError": number(metrics.median_absolute_error(
                a, p, sample_weight=None if weights is None else w)),
            "maxError": number(metrics.max_error(a, p)),
            "meanAbsolutePercentageError": number(
                metrics.mean_absolute_percentage_error(a, p, sample_weight=w))
            if (a != 0).all() else None,
            "pinballLoss": number(metrics.mean_pinball_loss(a, p, sample_weight=w)),
            "pinballLoss@0.3": number(metrics.mean_pinball_loss(a, p, alpha=0.3, sample_weight=w)),
        }}


def codes(count, rows):
    return random.integers(0, count, rows)


def some_weights(rows, zeros=0.2):
    return np.round(random.random(rows) * 3, 3) * (random.random(rows) > zeros)


def distributions(rows, count):
    raw = random.random((rows, count)) ** 2 + 1e-3
    return raw / raw.sum(axis=1, keepdims=True)


def main():
    lone = np.array([1.0] * 6 + [0.0] * 4)
    class_cases = [
        classes("two classes", 2, codes(2, 40), codes(2, 40)),
        classes("five classes", 5, codes(5, 60), codes(5, 60)),
        classes("weights and zeros", 4, codes(4, 60), codes(4, 60), some_weights(60)),
        classes("large weights", 3, codes(3, 30), codes(3, 30), some_weights(30) * 1e9),
        classes("one class, all right", 2, [1] * 7, [1] * 7),
        classes("one class, some wrong", 2, [1] * 7, [1, 0, 1, 1, 0, 1, 1]),
        classes("one class, all wrong", 2, [1] * 7, [0] * 7),
        classes("one weighted class", 3, [2] * 5, [2] * 5, [0.1, 0.2, 0.3, 0.7, 0.1]),
        classes("constant prediction", 3, codes(3, 20), [0] * 20),
        classes("constant prediction, weights", 3, codes(3, 20), [0] * 20, some_weights(20)),
        classes("all right", 4, np.arange(12) % 4, np.arange(12) % 4),
        classes("a class only in rows of weight 0", 4,
                [0, 1, 0, 1, 0, 1, 2, 2, 3, 0], [0, 1, 1, 0, 0, 1, 2, 0, 3, 3], lone),
        classes("a class never predicted", 3, [0, 0, 1, 1, 2, 2], [0, 1, 1, 0, 0, 1]),
        classes("a class that never occurs", 3, [0, 0, 1, 1, 0, 1], [0, 1, 1, 2, 2, 1]),
    ]
    y = random.random(50) < 0.4
    s = np.round(random.normal(size=50) + y, 4)
    ranking_cases = [
        ranking("random", s, y),
        ranking("weights and zeros", s, y, some_weights(50)),
        ranking("ties", np.round(s), y, curves=True),
        ranking("ties, weights and zeros", np.round(s), y, some_weights(50), curves=True),
        ranking("constant", np.zeros(20), y[:20], curves=True),
        ranking("perfect", [4.0, 3.0, 2.0, 1.0], [True, True, False, False], curves=True),
        ranking("inverted", [1.0, 2.0, 3.0, 4.0], [True, True, False, False], curves=True),
        ranking("only positive", s[:6], [True] * 6),
        ranking("only negative", s[:6], [False] * 6),
        ranking("one class has weight 0", s[:10], [True] * 6 + [False] * 4, lone),
        ranking("small weights", s[:20], y[:20], some_weights(20) * 1e-9),
    ]
    two, five = distributions(40, 2), distributions(40, 5)
    hard = np.eye(3)[codes(3, 15)]
    probability_cases = [
        probabilities("two classes", two, codes(2, 40), calibration=True),
        probabilities("two classes, weights and zeros", two, codes(2, 40), some_weights(40)),
        probabilities("five classes", five, codes(5, 40)),
        probabilities("five classes, weights and zeros", five, codes(5, 40), some_weights(40)),
        probabilities("zeros and ones", hard, codes(3, 15)),
        probabilities("zeros and ones, two classes", np.eye(2)[codes(2, 12)], codes(2, 12),
                      calibration=True),
        probabilities("one class", two[:8], [1] * 8),
        probabilities("constant", np.full((10, 4), 0.25), codes(4, 10)),
    ]
    a = np.round(random.normal(3, 2, 41), 4)
    p = np.round(a + random.normal(0, 1, 41), 4)
    number_cases = [
        numbers("odd count", a, p),
        numbers("even count", a[:40], p[:40]),
        numbers("weights and zeros", a, p, some_weights(41)),
        numbers("whole weights", a[:20], p[:20], random.integers(0, 4, 20)),
        numbers("weights of a tenth", a[:10], p[:10], [0.1] * 10),
        numbers("large mean", a + 1e8, p + 1e8, some_weights(41)),
        numbers("equal targets", [0.1] * 5, p[:5]),
        numbers("equal targets, weights", [0.1] * 5, p[:5], [0.3, 0.7, 0.1, 0.2, 0.9]),
        numbers("constant prediction", a, np.full(41, 3.0)),
        numbers("a target of 0", [0.0, 1.0, 2.0], [0.5, 1.0, 1.0]),
        numbers("perfect", a[:7], a[:7]),
        numbers("ties", np.round(a), np.round(p), some_weights(41)),
        numbers("one row", [2.0], [3.5]),
    ]
    lists = {"classes": class_cases, "rankings": ranking_cases,
             "probabilities": probability_cases, "numbers": number_cases}
    versions = {"scikit-learn": sklearn.__version__, "numpy": np.__version__}
    parts = [f'"versions": {json.dumps(versions)}']
    for key, cases in lists.items():
        lines = ",\n  ".join(json.dumps(case, allow_nan=False) for case in cases)
        parts.append(f'"{key}": [\n  {lines}]')
    (FOLDER / "metrics.json").write_text("{" + ",\n ".join(parts) + "}\n")


main()
