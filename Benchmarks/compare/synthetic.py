"""Data that need no files: mixtures of clusters for classes, waves for regression, sparse rows for text."""

import numpy
import scipy.sparse


def make(rows, columns, classes, density, seed=1):
    """Features (`rows` × `columns`, CSR when `density` < 1) and labels 1…`classes`, or targets when it is 0.

    Values are rounded to four decimals, which keeps the text short and changes nothing else.
    """
    random = numpy.random.default_rng(seed)
    if classes == 0:
        return _waves(random, rows, columns)
    labels = random.integers(1, classes + 1, rows)
    if density < 1:
        return _sparse(random, labels, columns, classes, density), labels.astype(float)
    return _clusters(random, labels, columns, classes), labels.astype(float)


def make_classes(seed, rows, columns, classes=2, informative=None, separation=1.0, noise=0.05, clusters=2, rare=None):
    """Classes as scikit-learn's `make_classification` makes them, of a third redundant columns among those that
    carry no information; labels from 1. `rare` is the share of the smaller of two classes."""
    from sklearn.datasets import make_classification

    informative = informative or columns * 2 // 3
    features, labels = make_classification(
        rows, columns, n_informative=informative, n_redundant=(columns - informative) // 3, n_classes=classes,
        n_clusters_per_class=clusters, class_sep=separation, flip_y=noise,
        weights=[1 - rare] if rare else None, random_state=seed)
    return features.round(4), labels + 1.0


def make_targets(seed, rows, columns, noise, frequency, tails=None):
    """Sine waves in random directions; noise is normal, or Student's with `tails` degrees of freedom."""
    random = numpy.random.default_rng(seed)
    features = random.normal(size=(rows, columns))
    directions = random.normal(size=(columns, 12)) / columns**0.5
    waves = numpy.sin(frequency * features @ directions + random.uniform(0, 6.28, 12)).sum(1) / 6**0.5
    errors = random.normal(size=rows) if tails is None else random.standard_t(tails, rows)
    return features.round(4), (waves + noise * errors).round(5)


def _clusters(random, labels, columns, classes, per_class=6):
    """Every class is a mixture of clusters of deviation 1 whose centres are about 4 apart for any number of
    columns, so that neighbours overlap and the number of support vectors grows with the rows."""
    centres = random.normal(size=(classes, per_class, columns)) * (8 / columns) ** 0.5
    which = random.integers(0, per_class, len(labels))
    return (centres[labels - 1, which] + random.normal(size=(len(labels), columns))).round(4)


def _sparse(random, labels, columns, classes, density):
    """Rows like short texts: each class prefers columns of its own, some of its rows use others' words."""
    frequencies = 1 / numpy.arange(1, columns + 1) ** 0.7
    words = numpy.concatenate([random.permutation(columns) for _ in range(classes)]).reshape(classes, columns)
    topic = numpy.where(random.random(len(labels)) < 0.15, random.integers(0, classes, len(labels)), labels - 1)
    count = max(2, round(columns * density))
    drawn = random.choice(columns, size=(len(labels), count), p=frequencies / frequencies.sum())
    indices = numpy.where(random.random(drawn.shape) < 0.5, words[topic[:, None], drawn], drawn)
    values = random.uniform(0.5, 1.5, size=drawn.shape)
    offsets = numpy.arange(0, drawn.size + 1, count)
    matrix = scipy.sparse.csr_matrix((values.ravel(), indices.ravel(), offsets), shape=(len(labels), columns))
    matrix.sum_duplicates()
    norms = numpy.sqrt(matrix.multiply(matrix).sum(1)).A1
    matrix.data = (matrix.data / numpy.repeat(norms, numpy.diff(matrix.indptr))).round(4)
    return matrix


def _waves(random, rows, columns, waves=12):
    """A sum of sine waves in random directions with noise of a tenth, scaled to variance near 1."""
    features = random.normal(size=(rows, columns))
    directions = random.normal(size=(columns, waves)) / columns**0.5
    targets = numpy.sin(2 * features @ directions + random.uniform(0, 6.28, waves)).sum(1) / (waves / 2) ** 0.5
    return features.round(4), (targets + 0.1 * random.normal(size=rows)).round(5)
