#!/usr/bin/env python3
"""Makes the reference numbers of this folder: what LIBSVM answers, and what the optimum is.

    python3 -m venv .venv && .venv/bin/pip install -r Tests/References/requirements.txt
    OMP_NUM_THREADS=1 .venv/bin/python Tests/References/make_references.py [data set ...]

For every case (data set, kernel, C, and tube width for regression) LIBSVM trains at the tolerances
1e-3 and 1e-6. LIBSVM keeps kernel columns in single precision, so its answer at a smaller tolerance
would not be the optimum of the problem that was asked. Its dual variables are therefore the start of
an independent solver, in double precision throughout, that goes on to a KKT violation of 1e-9.

Read `cases` first, then `Problem`, then `polish`. README.md describes the files that are written.
"""

import csv
import json
import math
import pathlib
import sys
import time

import numpy as np
import scipy.linalg
import scipy.sparse
from libsvm.svm import PRINT_STRING_FUN, libsvm, svm_parameter, svm_problem, toPyModel

FOLDER = pathlib.Path(__file__).resolve().parent
DATASETS = FOLDER.parent.parent / "Datasets"

VERSIONS = {
    "libsvm-official": "3.37.0",
    "numpy": np.__version__,
    "scipy": scipy.__version__,
    "python": ".".join(map(str, sys.version_info[:3])),
}

KERNELS = [
    ("linear", None, None),
    ("polynomial", 3, 0.0),
    ("polynomial", 3, 1.0),
    ("gaussian", None, None),
    ("laplacian", None, None),
    ("laplacian-l1", None, None),
]
BOX_CONSTRAINTS = [0.1, 1.0, 100.0]
TUBE_WIDTHS = [0.01, 0.1]
TOLERANCES = ["1e-3", "1e-6"]
OPTIMUM_TOLERANCE = 1e-9

# A prediction is doubtful when moving every decision value by this much could change the vote.
DOUBT = 0.01


# Data and kernels


def load(name):
    """The standardised features, and the targets as text."""
    with open(DATASETS / f"{name}.csv", newline="", encoding="utf-8") as file:
        rows = list(csv.reader(file))[1:]
    features = np.array([[float(field) for field in row[:-1]] for row in rows])
    deviation = features.std(axis=0)  # the divisor is n
    deviation[deviation == 0] = 1  # a constant column becomes 0
    return (features - features.mean(axis=0)) / deviation, [row[-1] for row in rows]


def scale_gamma(kernel, x):
    """Gamma "scale", in the units of each kernel's distance."""
    variance = float(x.var()) or 1.0
    columns = x.shape[1]
    return {
        "linear": None,
        "polynomial": 1 / (columns * variance),
        "gaussian": 1 / (columns * variance),
        "laplacian": 1 / math.sqrt(columns * variance),
        "laplacian-l1": 1 / (columns * math.sqrt(variance)),
    }[kernel]


def kernel_matrix(kernel, gamma, degree, constant, x):
    if kernel == "linear":
        return x @ x.T
    if kernel == "polynomial":
        return (gamma * (x @ x.T) + constant) ** degree
    # Differences, not ‖x‖² + ‖z‖² − 2⟨x, z⟩: a reference should not cancel.
    distance = np.empty((len(x), len(x)))
    for i, row in enumerate(x):
        difference = x - row
        if kernel == "laplacian-l1":
            distance[i] = np.abs(difference).sum(axis=1)
        else:
            distance[i] = (difference * difference).sum(axis=1)
    if kernel == "laplacian":
        distance = np.sqrt(distance)
    return np.exp(-gamma * distance)


# LIBSVM


class Quiet:
    """Keeps LIBSVM's print function alive while it trains."""

    function = PRINT_STRING_FUN(lambda text: None)


def train_libsvm(x, y, matrix, kernel, options):
    """Trains with LIBSVM and returns (its labels, for each dual-coefficient row an array over all
    examples, the rhos, the support vectors per class)."""
    types = {"linear": 0, "polynomial": 1, "gaussian": 2}
    parameter = svm_parameter(f"-q -m 500 -t {types.get(kernel, 4)} {options}")
    if kernel in types:
        problem = svm_problem(y, scipy.sparse.csr_matrix(x))
    else:
        # A precomputed row begins with its number, counted from 1.
        numbered = np.hstack([np.arange(1.0, len(x) + 1)[:, None], matrix])
        assert (numbered != 0).all(), "a zero would be dropped from the sparse row"
        problem = svm_problem(y, scipy.sparse.csr_matrix(numbered), isKernel=True)
    libsvm.svm_set_print_string_function(Quiet.function)
    model = toPyModel(libsvm.svm_train(problem, parameter))
    is_regression = parameter.svm_type == 3
    class_count = model.nr_class
    coefficient_rows = max(1, class_count - 1)
    indices = np.array(model.sv_indices[: model.l]) - 1
    coefficients = np.zeros((coefficient_rows, len(x)))
    for row in range(coefficient_rows):
        coefficients[row, indices] = model.sv_coef[row][: model.l]
    pair_count = 1 if is_regression else class_count * (class_count - 1) // 2
    labels = [] if is_regression else [int(label) for label in model.label[:class_count]]
    return labels, coefficients, list(model.rho[:pair_count])


# The dual problem, in double precision


class Problem:
    """minimise ½αᵀQα + pᵀα subject to 0 ≤ α ≤ C, yᵀα constant, with Qᵢⱼ = yᵢyⱼKᵢⱼ."""

    def __init__(self, q, p, y, c):
        self.q, self.p, self.y, self.c = q, p, y, c

    def gradient(self, alpha):
        return self.q @ alpha + self.p

    def objective(self, alpha):
        return 0.5 * alpha @ (self.q @ alpha) + self.p @ alpha

    def scores(self, alpha, gradient):
        """−yᵢGᵢ, and the variables that may move along +yᵢ and along −yᵢ."""
        up = np.where(self.y > 0, alpha < self.c, alpha > 0)
        low = np.where(self.y > 0, alpha > 0, alpha < self.c)
        return -self.y * gradient, up, low

    def violation(self, alpha):
        score, up, low = self.scores(alpha, self.gradient(alpha))
        return max(0.0, score[up].max() - score[low].min())

    def bias(self, alpha):
        """The mean over the free variables, or the midpoint of the admissible interval."""
        score, up, low = self.scores(alpha, self.gradient(alpha))
        free = up & low
        if free.any():
            return score[free].mean()
        return (score[up].max() + score[low].min()) / 2


def classification_problem(matrix, y, c):
    return Problem(matrix * np.outer(y, y), -np.ones(len(y)), y, c)


def regression_problem(matrix, target, c, tube):
    y = np.concatenate([np.ones(len(target)), -np.ones(len(target))])
    q = np.tile(matrix, (2, 2)) * np.outer(y, y)
    return Problem(q, np.concatenate([tube - target, tube + target]), y, c)


def pair_steps(problem, alpha, steps):
    """Sequential minimal optimisation: moves pairs chosen by the second-order rule."""
    q, y, c = problem.q, problem.y, problem.c
    gradient = problem.gradient(alpha)
    diagonal = np.diagonal(q)
    for _ in range(steps):
        score, up, low = problem.scores(alpha, gradient)
        i = np.flatnonzero(up)[score[up].argmax()]
        candidates = np.flatnonzero(low & (score < score[i]))
        if len(candidates) == 0:
            break
        difference = score[i] - score[candidates]
        curvature = np.maximum(
            diagonal[i] + diagonal[candidates] - 2 * y[i] * y[candidates] * q[i, candidates], 1e-12)
        best = (difference * difference / curvature).argmax()
        j = candidates[best]
        if difference[best] <= OPTIMUM_TOLERANCE / 2:
            break
        # α moves by +yᵢt and −yⱼt, which leaves yᵀα alone.
        step = min(
            difference[best] / curvature[best],
            c - alpha[i] if y[i] > 0 else alpha[i],
            alpha[j] if y[j] > 0 else c - alpha[j])
        for k, sign in ((i, 1.0), (j, -1.0)):
            bound = c if sign * y[k] > 0 else 0.0
            room = abs(bound - alpha[k])
            new = bound if step >= room else alpha[k] + sign * y[k] * step
            gradient += q[:, k] * (new - alpha[k])
            alpha[k] = new
    return alpha


def newton_step(problem, alpha):
    """Minimises over the free variables, with the others fixed, until one reaches a bound.

    Returns whether the whole step was taken."""
    gradient = problem.gradient(alpha)
    free = np.flatnonzero((alpha > 0) & (alpha < problem.c))
    if len(free) < 2:
        return True
    # The moves that leave yᵀα alone, in the directions in which the objective curves separately.
    basis = scipy.linalg.null_space(problem.y[free][None, :])
    block = problem.q[np.ix_(free, free)]
    curvatures, directions = scipy.linalg.eigh(basis.T @ block @ basis)
    directions = basis @ directions
    slopes = directions.T @ gradient[free]
    flat = curvatures <= 1e-13 * max(1.0, curvatures[-1])
    # More free variables than the kernel has dimensions: along a flat direction the objective is a
    # straight line, and where it falls the next bound ends it.
    if flat.any() and np.abs(slopes[flat]).max() > OPTIMUM_TOLERANCE / 10:
        direction = -directions[:, flat] @ slopes[flat]
        step = np.inf
    else:
        direction = -directions[:, ~flat] @ (slopes[~flat] / curvatures[~flat])
        step = 1.0
    with np.errstate(divide="ignore", invalid="ignore"):
        room = np.where(
            direction > 0, (problem.c - alpha[free]) / direction,
            np.where(direction < 0, -alpha[free] / direction, np.inf))
    blocking = room.argmin()
    blocked = room[blocking] <= step
    if blocked:
        step = room[blocking]
    alpha[free] = np.clip(alpha[free] + step * direction, 0.0, problem.c)
    if blocked:
        alpha[free[blocking]] = problem.c if direction[blocking] > 0 else 0.0
    return not blocked


def polish(problem, start, balance):
    """Goes on from a nearly optimal point to a violation of OPTIMUM_TOLERANCE.

    Newton steps settle the free variables; pair steps let bound variables go. `balance` is the value
    yᵀα must have; what rounding left of it is corrected at the start."""
    alpha = start.copy()
    free = np.flatnonzero((alpha > 0) & (alpha < problem.c))
    if len(free):
        k = free[np.minimum(alpha[free], problem.c - alpha[free]).argmax()]
        alpha[k] -= problem.y[k] * (problem.y @ alpha - balance)
    best, best_violation = alpha.copy(), problem.violation(alpha)
    for round_number in range(400):
        if best_violation <= OPTIMUM_TOLERANCE:
            break
        for _ in range(100):
            if newton_step(problem, alpha):
                break
        violation = problem.violation(alpha)
        if violation < best_violation:
            best, best_violation = alpha.copy(), violation
        if best_violation <= OPTIMUM_TOLERANCE:
            break
        alpha = pair_steps(problem, alpha, 20 if round_number < 100 else 1000)
        violation = problem.violation(alpha)
        if violation < best_violation:
            best, best_violation = alpha.copy(), violation
    return best, best_violation


# What is written


def rounded(value, digits):
    return float(f"{value:.{digits}g}")


def problem_record(problem, alpha, bias, digits, classes=None):
    record = {} if classes is None else {"classes": classes}
    record["dualObjective"] = rounded(-problem.objective(alpha), digits)
    record["bias"] = rounded(bias, digits)
    record["kktViolation"] = rounded(problem.violation(alpha), 3)
    record["supportVectors"] = int((alpha > 0).sum())
    record["boundedSupportVectors"] = int((alpha == problem.c).sum())
    return record


def predict(decisions, pairs, class_count):
    """The class with most votes, the first in sorted order among equals, and the doubtful rows."""
    count = np.zeros((len(decisions), class_count), dtype=int)
    for column, (negative, positive) in enumerate(pairs):
        count[:, positive] += decisions[:, column] > 0
        count[:, negative] += decisions[:, column] <= 0
    prediction = count.argmax(axis=1)
    # The winner is safe when it would win even if every comparison that is closer than DOUBT went
    # against it: its own against it, the others' in favour of each rival.
    sure, possible = np.zeros_like(count), np.zeros_like(count)
    for column, (negative, positive) in enumerate(pairs):
        value = decisions[:, column]
        sure[:, positive] += value > DOUBT
        sure[:, negative] += value < -DOUBT
        possible[:, positive] += value > -DOUBT
        possible[:, negative] += value < DOUBT
    rows = np.arange(len(count))
    winner = sure[rows, prediction]
    possible[rows, prediction] = -1
    doubtful = np.flatnonzero(winner <= possible.max(axis=1))
    return prediction.tolist(), doubtful.tolist()


def chosen_rows(name, count):
    wanted = 10 if name == "digits" else 20
    return list(range(0, count, count // wanted))[:wanted]


def table(values, digits):
    return [[rounded(value, digits) for value in row] for row in values]


def classification_case(x, codes, classes, matrix, kernel, options, c, rows):
    n, class_count = len(x), len(classes)
    pairs = [(a, b) for a in range(class_count) for b in range(a + 1, class_count)]
    members = {
        pair: np.flatnonzero((codes == pair[0]) | (codes == pair[1])) for pair in pairs}
    problems = {}
    for pair, member in members.items():
        y = np.where(codes[member] == pair[1], 1.0, -1.0)
        problems[pair] = classification_problem(matrix[np.ix_(member, member)], y, c)

    def record(alphas, biases, digits, with_doubt):
        decisions = np.empty((n, len(pairs)))
        for column, pair in enumerate(pairs):
            coefficient = alphas[pair] * problems[pair].y
            decisions[:, column] = matrix[:, members[pair]] @ coefficient + biases[pair]
        prediction, doubtful = predict(decisions, pairs, class_count)
        result = {
            "problems": [
                problem_record(
                    problems[pair], alphas[pair], biases[pair], digits,
                    [classes[pair[0]], classes[pair[1]]])
                for pair in pairs],
            "decisionValues": table(decisions[rows], digits),
            "predictions": prediction,
        }
        if with_doubt:
            result["doubtfulRows"] = doubtful
        return result

    answers = {}
    for tolerance in TOLERANCES:
        labels, coefficients, rhos = train_libsvm(
            x, codes.astype(float), matrix, kernel, f"-s 0 -c {c!r} -e {tolerance} {options}")
        alphas, biases = {}, {}
        position = 0
        for i in range(class_count):
            for j in range(i + 1, class_count):
                # In LIBSVM's pair (i, j) the class labels[i] is positive. The coefficients of
                # class i against j stand in row j − 1, those of class j against i in row i.
                pair = tuple(sorted((labels[i], labels[j])))
                member = members[pair]
                of_i = codes[member] == labels[i]
                alphas[pair] = np.abs(
                    np.where(of_i, coefficients[j - 1, member], coefficients[i, member]))
                biases[pair] = -rhos[position] if labels[i] == pair[1] else rhos[position]
                position += 1
        answers[tolerance] = record(alphas, biases, 10, False)

    # The last answer, at 1e-6, is where the polishing starts.
    best, worst = {}, 0.0
    for pair in pairs:
        best[pair], violation = polish(problems[pair], alphas[pair], 0.0)
        worst = max(worst, violation)
    biases = {pair: problems[pair].bias(best[pair]) for pair in pairs}
    optimum = record(best, biases, 16, True)
    return optimum, answers, worst


def regression_case(x, target, matrix, kernel, options, c, tube, rows):
    problem = regression_problem(matrix, target, c, tube)
    n = len(x)

    def record(alpha, bias, digits):
        decisions = matrix @ (alpha[:n] - alpha[n:]) + bias
        return {
            "problems": [problem_record(problem, alpha, bias, digits)],
            "decisionValues": table(decisions[rows, None], digits),
            "predictions": [rounded(value, 8) for value in decisions],
        }

    answers = {}
    for tolerance in TOLERANCES:
        _, coefficients, rhos = train_libsvm(
            x, target, matrix, kernel, f"-s 3 -c {c!r} -p {tube!r} -e {tolerance} {options}")
        beta = coefficients[0]
        alpha = np.concatenate([np.maximum(beta, 0), np.maximum(-beta, 0)])
        answers[tolerance] = record(alpha, -rhos[0], 10)
    best, violation = polish(problem, alpha, 0.0)
    return record(best, problem.bias(best), 16), answers, violation


def cases(name, is_regression, standardise_target=False):
    """Yields a record for every case of a data set."""
    x, target = load(name)
    rows = chosen_rows(name, len(x))
    if is_regression:
        target = np.array([float(text) for text in target])
        if standardise_target:
            target = (target - target.mean()) / target.std()
    else:
        classes = class_names(target)
        codes = np.array([classes.index(text) for text in target])
    for kernel, degree, constant in KERNELS:
        gamma = scale_gamma(kernel, x)
        matrix = kernel_matrix(kernel, gamma, degree, constant, x)
        options = "" if gamma is None else f"-g {gamma!r}"
        if degree is not None:
            options += f" -d {degree} -r {constant!r}"
        parameters = {}
        if gamma is not None:
            parameters["gamma"] = gamma
        if degree is not None:
            parameters |= {"degree": degree, "coef0": constant}
        for c in BOX_CONSTRAINTS:
            for tube in TUBE_WIDTHS if is_regression else [None]:
                began = time.monotonic()
                case = {
                    "kernel": kernel, "parameters": parameters,
                    "formulation": "epsilon-svr" if is_regression else "c-svc", "c": c,
                }
                if is_regression:
                    case["epsilon"] = tube
                    optimum, answers, worst = regression_case(
                        x, target, matrix, kernel, options, c, tube, rows)
                else:
                    optimum, answers, worst = classification_case(
                        x, codes, classes, matrix, kernel, options, c, rows)
                if worst > OPTIMUM_TOLERANCE:
                    raise SystemExit(f"{name} {case}: stopped at a KKT violation of {worst}")
                case["optimum"] = optimum | {"rows": rows}
                case["libsvm"] = answers
                objective = sum(p["dualObjective"] for p in optimum["problems"])
                gaps = [
                    max(
                        abs(p["dualObjective"] / q["dualObjective"] - 1)
                        for p, q in zip(answers[t]["problems"], optimum["problems"]))
                    for t in TOLERANCES]
                print(
                    f"{name} {kernel} {parameters} c {c} epsilon {tube}: dual {objective:.9g}, "
                    f"violation {worst:.1e}, LIBSVM off by {gaps[0]:.1e} and {gaps[1]:.1e}, "
                    f"{time.monotonic() - began:.1f} s", flush=True)
                yield case


def class_names(labels):
    """Numbers by value, text by its UTF-8 bytes."""
    names = sorted(set(labels), key=lambda name: name.encode())
    try:
        return sorted(names, key=float)
    except ValueError:
        return names


FILES = {
    "iris": ("iris", False, False),
    "wine": ("wine", False, False),
    "breast-cancer": ("breast-cancer", False, False),
    "diabetes": ("diabetes", True, False),
    "diabetes-standardised-target": ("diabetes", True, True),
    "digits": ("digits", False, False),
}


def main(names):
    for file_name in names or FILES:
        name, is_regression, standardise_target = FILES[file_name]
        x, target = load(name)
        content = {"dataset": f"{name}.csv", "versions": VERSIONS}
        if is_regression:
            content["target"] = "standardised" if standardise_target else "raw"
        else:
            content["classes"] = class_names(target)
        content["cases"] = list(cases(name, is_regression, standardise_target))
        text = json.dumps(content, separators=(",", ":"))
        # One line for each case keeps differences readable.
        text = text.replace('{"kernel":', '\n{"kernel":') + "\n"
        (FOLDER / f"{file_name}.json").write_text(text)


if __name__ == "__main__":
    main(sys.argv[1:])
