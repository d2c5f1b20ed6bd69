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

# Kinds of data that nothing was tuned on. The seed is one that no change was tried on; a later comparison takes
# another.
KIND_SEED = 20280309


def _kind(name, c, gamma, **arguments):
    source = {"maker": "make_classes", "seed": KIND_SEED, **arguments}
    return _classes("kind-" + name, source, c, gamma, standardise=True, large=True)


def _kind_of_regression(name, c, gamma, epsilon=0.1, **arguments):
    source = {"maker": "make_targets", "seed": KIND_SEED, **arguments}
    return _regression(
        "kind-" + name, source, c, gamma, epsilon=epsilon, standardise=True, large=True)


KINDS = [
    _kind("wide", 1, 1 / 400, rows=6_000, columns=400, informative=60, separation=0.6, noise=0.1),
    _kind("beans", 10, 1 / 16, rows=13_611, columns=16, classes=7, informative=12, separation=1.8, noise=0.01, clusters=1),
    _kind("mid", 1, 1 / 60, rows=12_000, columns=60, informative=20),
    _kind_of_regression("regression-30", 1, 1 / 30, rows=8_000, columns=30, noise=0.1, frequency=0.5),
    _kind("small", 10, 1 / 256, rows=2_007, columns=256, classes=10, informative=60, separation=1.5, noise=0, clusters=1),
    _kind("rare", 10, 1 / 6, rows=11_183, columns=6, informative=4, separation=1.2, noise=0.003, rare=0.02),
    _kind("ten", 1, 1 / 10, rows=19_020, columns=10, informative=8, noise=0.1, clusters=3),
    _kind("eight-classes", 1, 1 / 24, rows=12_000, columns=24, classes=8, informative=16, separation=0.8),
    _kind_of_regression(
        "regression-all", 1, 1 / 9, epsilon=0.01, rows=45_730, columns=9, noise=0.7, frequency=1.0, tails=3),
    _kind_of_regression("regression-26", 1, 1 / 26, rows=15_000, columns=26, noise=0.3, frequency=1.0),
    _kind("eight", 1, 1 / 8, rows=45_312, columns=8, informative=6, separation=0.8, noise=0.1, clusters=4),
    _kind("hundred", 1, 1 / 100, rows=10_000, columns=100, informative=30, separation=0.8),
]

GROWTH_SIZES = [2_500, 5_000, 10_000, 20_000, 40_000, 80_000, 160_000, 320_000, 640_000, 1_000_000]


def growth_set(rows):
    """The family whose training time is followed from 2 500 to 1 000 000 rows: 20 features, two classes."""
    return _classes(f"growth-{rows}", _made(round(rows / 0.9), 20), 1, 0.05)  # a tenth is held out


ALL = {each.name: each for each in FILES + SYNTHETIC + KINDS + [growth_set(rows) for rows in GROWTH_SIZES]}


def chosen(names, data_folder):
    """The sets to measure.

    Without names: the files when there is a data folder, else the synthetic sets; large ones only by name.

    Raises `KeyError` for a name that is not in the tables.
    """
    if names:
        return [ALL[name] for name in names]
    return [each for each in (FILES if data_folder else SYNTHETIC) if not each.large]
