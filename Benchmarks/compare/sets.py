"""The data sets of the comparison: where each comes from, how it is prepared, what is trained on it."""

from dataclasses import asdict, dataclass, replace

SPARSE_BELOW = 0.15  # share of non-zeros under which a set counts as sparse
PREPARATION = 4  # version of prepare.py and synthetic.py: files prepared by another one are made again


@dataclass(frozen=True)
class DataSet:
    """One row of the tables below.

    `source` is a file of the data folder (a file with `.xz` at the end is read as well) or, for synthetic
    data, the arguments of `synthetic.make`. `test` is the file with held-out rows; without one a tenth of
    the rows is drawn by a seeded generator and held out. Features are divided by `divide`, or standardised
    by mean and deviation of the training rows. `rows` keeps the first rows of the file.
    """

    name: str
    source: object
    task: str  # classification or regression
    c: float
    gamma: float = 0.0
    kernel: str = "gaussian"  # or linear
    epsilon: float = 0.1
    test: str | None = None
    standardise: bool = False
    standardise_target: bool = False
    divide: float = 1.0
    rows: int | None = None
    large: bool = False  # measured only when named by --only

    @property
    def synthetic(self):
        return isinstance(self.source, dict)

    def made_from(self):
        """Everything that the prepared files depend on, as plain values."""
        trained = ("c", "gamma", "kernel", "epsilon", "large")
        definition = {key: value for key, value in asdict(self).items() if key not in trained}
        return {"preparation": PREPARATION, **definition}


def _classes(name, source, c, gamma, **rest):
    return DataSet(name, source, "classification", c, gamma, **rest)


def _regression(name, source, c, gamma, **rest):
    return DataSet(name, source, "regression", c, gamma, **rest)


_A9A = _classes("a9a", "a9a.svm", 1, 0.03, test="a9a-test.svm")
_MNIST = _classes("mnist", "mnist.svm", 10, 0.02, test="mnist-test.svm", divide=255, rows=10_000)

FILES = [
    _A9A,
    replace(_A9A, name="a9a-c100", c=100, gamma=0.5),
    _classes("w8a", "w8a.svm", 10, 0.1),
    _classes("ijcnn1", "ijcnn1.svm", 32, 2),
    _classes("skin", "skin.tsv", 1, 1, standardise=True),
    _classes("letter", "letter-scaled.svm", 16, 1, test="letter-scaled-test.svm"),
    _classes("shuttle", "shuttle.csv", 10, 1, test="shuttle-test.csv", standardise=True),
    _MNIST,
    replace(_MNIST, name="mnist-whole", rows=None, large=True),
    _classes("sector", "sector.svm", 1, 0, kernel="linear", test="sector-test.svm"),
    _regression("california-housing", "california-housing.csv", 10, 0.3, standardise=True),
    _regression("house8L", "house8L.csv", 10, 0.3, standardise=True, standardise_target=True),
    _regression("cpu-small", "cpu-small.csv", 10, 0.3, standardise=True, standardise_target=True),
]


def _made(rows, columns, classes=2, density=1.0):
    """Arguments of `synthetic.make`; `classes` 0 makes a regression."""
    return {"rows": rows, "columns": columns, "classes": classes, "density": density}


SYNTHETIC = [
    _classes("synthetic-8", _made(40_000, 8), 10, 0.25),
    _classes("synthetic-100", _made(20_000, 100), 1, 0.005),
    _classes("synthetic-784", _made(10_000, 784), 1, 0.0006),
    _classes("synthetic-22-200k", _made(200_000, 22), 1, 0.02, large=True),
    _classes("synthetic-sparse-300", _made(30_000, 300, density=0.04), 1, 0.1),
    _classes("synthetic-10-classes", _made(20_000, 16, classes=10), 10, 0.05),
    _classes(
        "synthetic-sparse-50-classes", _made(10_000, 20_000, classes=50, density=0.004), 1, 0, kernel="linear"),
    _regression("synthetic-regression-8", _made(20_000, 8, classes=0), 10, 0.1),
    _regression("synthetic-regression-64", _made(10_000, 64, classes=0), 10, 0.01),
]

GROWTH_SIZES = [2_500, 5_000, 10_000, 20_000, 40_000, 80_000, 160_000]


def growth_set(rows):
    """The family whose training time is followed from 2 500 to 160 000 rows: 20 features, two classes."""
    return _classes(f"growth-{rows}", _made(round(rows / 0.9), 20), 1, 0.05)  # a tenth is held out


ALL = {each.name: each for each in FILES + SYNTHETIC + [growth_set(rows) for rows in GROWTH_SIZES]}


def chosen(names, data_folder):
    """The sets to measure.

    Without names: the files when there is a data folder, else the synthetic sets; large ones only by name.

    Raises `KeyError` for a name that is not in the tables.
    """
    if names:
        return [ALL[name] for name in names]
    return [each for each in (FILES if data_folder else SYNTHETIC) if not each.large]
