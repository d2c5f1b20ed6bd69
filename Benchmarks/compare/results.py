"""What the raw runs of one data set amount to: medians, ratios, and whether answers agree."""

import math
import statistics

AGREEMENT = 1e-4  # largest relative distance from the best dual objective
UNBALANCED = 1e-3  # largest |Σ yα| / Σα, and largest excess of α over C, of an answer that counts
PEERS = ["intelex-f32", "intelex-f64", "sklearn", "libsvm", "thundersvm"]


def forms(name, density, sparse_below):
    """The forms of the matrix that a peer is tried with; the faster one counts."""
    if name == "libsvm":
        return ["csr"]
    if name == "thundersvm":  # its entry for sparse rows misreads the labels: every row becomes a class
        return ["dense"]
    if density >= sparse_below:
        return ["dense"]
    return ["csr"] if name == "sklearn" else ["csr", "dense"]


class Summary:
    """One solver on one set. `reason` says why there is no figure, else it is `None`."""

    def __init__(self, solver, runs):
        self.solver, self.runs = solver, runs
        self.done = [run for run in runs if "train" in run]
        self.reason = self.limit = None
        if not self.done:
            last = runs[-1]
            self.limit = last.get("timeout")
            self.reason = (
                f"> {self.limit:g} s" if self.limit else
                "does not run here: " + last.get("unavailable", last.get("failed", "?")))
            return
        by_form = {}
        for run in self.done:
            by_form.setdefault(run["form"], []).append(run)
        self.form = min(by_form, key=lambda form: self._median(by_form[form], "train"))
        self.done = by_form[self.form]
        self.dual = self.done[-1]["dual"]
        self.feasible = all(max(run["unbalanced"], run["excess"]) <= UNBALANCED for run in self.done)

    @staticmethod
    def _median(runs, field):
        return statistics.median(run[field] for run in runs)

    def median(self, field):
        """The median over the runs, the time limit for what took longer, `None` for what cannot run."""
        if self.done:
            return self._median(self.done, field)
        return self.limit

    def spread(self, field):
        values = [run[field] for run in self.done]
        return min(values), max(values)


class Group:
    """All solvers on one set."""

    def __init__(self, store, name, kind="compare"):
        runs = store.find(kind=kind, set=name)
        self.name = name
        self.solvers = {}
        for solver in ["svm"] + PEERS:
            mine = [run for run in runs if run["solver"] == solver]
            if mine:
                self.solvers[solver] = Summary(solver, mine)
        first = runs[0] if runs else {}
        self.task, self.settings, self.data = first.get("task"), first.get("settings"), first.get("data")
        feasible = [each.dual for each in self.solvers.values() if each.done and each.feasible]
        self.best = max(feasible, default=None)

    @property
    def ours(self):
        return self.solvers.get("svm")

    def distance(self, summary):
        """Relative distance of a solver's worst run from the best objective that any solver reached."""
        if self.best is None or not summary.done:
            return None
        return max(abs(run["dual"] - self.best) for run in summary.done) / max(abs(self.best), 1e-300)

    def is_right(self, summary):
        """Whether an answer counts: feasible, and as good as the best."""
        return bool(summary.done) and summary.feasible and self.distance(summary) <= AGREEMENT

    def ratio(self, solver, field):
        """The solver's median over ours; `None` when one of them is missing."""
        summary, ours = self.solvers.get(solver), self.ours
        if summary is None or ours is None or not ours.done or summary.median(field) is None:
            return None
        return summary.median(field) / ours.median(field)

    def fastest_peer(self, field, wrong_too=False):
        """The fastest peer whose answer is right; a wrong one counts only on request."""
        able = [
            solver for solver, each in self.solvers.items()
            if solver != "svm" and each.done and (wrong_too or self.is_right(each))]
        return min(able, key=lambda solver: self.solvers[solver].median(field), default=None)

    def groups(self, sparse_below):
        """The groups whose means the set counts in."""
        if self.task == "regression":
            kinds = ["ε-SVR"]
        else:
            kinds = ["two classes" if self.data["classes"] == 2 else "several classes"]
        return kinds + (["sparse"] if self.data["density"] < sparse_below else [])

    def complaints(self):
        """Why our answers don't count, one sentence each."""
        ours = self.ours
        if ours is None:
            return []
        if not ours.done:
            return [f"{self.name}: svm has no result: {ours.reason}"]
        found = []
        if not ours.feasible:
            found.append(f"{self.name}: the answer of svm violates the constraints: {ours.done[-1]['unbalanced']:.3g}")
        if self.distance(ours) > AGREEMENT:
            found.append(
                f"{self.name}: the objective of svm is {ours.dual!r}, the best is {self.best!r}:"
                f" relative distance {self.distance(ours):.2g}")
        for run in ours.done:
            if abs(run["saidDual"] - run["dual"]) > AGREEMENT * max(abs(run["dual"]), 1e-300):
                found.append(f"{self.name}: svm reports the objective {run['saidDual']!r}, its model has {run['dual']!r}")
        return found


def geometric_mean(values):
    """`None` for an empty list."""
    return math.exp(sum(math.log(value) for value in values) / len(values)) if values else None
