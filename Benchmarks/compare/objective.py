"""The dual objective of a trained model, in Double, by one function for every solver."""

import numpy

_ROWS = 2048  # of a block of the kernel matrix that is held at a time


def _kernel(kernel, gamma, left, right):
    """A block of K; `left` and `right` are CSR or dense."""
    products = left @ right.T
    products = numpy.asarray(products.todense() if hasattr(products, "todense") else products)
    if kernel == "linear":
        return products
    squares = [numpy.asarray(each.multiply(each).sum(1)).ravel() for each in (left, right)]
    distances = squares[0][:, None] + squares[1][None, :] - 2 * products
    numpy.maximum(distances, 0, out=distances)
    distances *= -gamma
    return numpy.exp(distances, out=distances)


def _bilinear(kernel, gamma, left, left_coefficients, right, right_coefficients):
    """cₗᵀ K cᵣ for each of the columns of coefficients."""
    result = numpy.zeros(left_coefficients.shape[1])
    for first in range(0, left.shape[0], _ROWS):
        part = slice(first, first + _ROWS)
        block = _kernel(kernel, gamma, left[part], right)
        result += numpy.einsum("ij,ij->j", left_coefficients[part], block @ right_coefficients)
    return result


def classification(vectors, coefficients, classes, c, kernel, gamma):
    """Σα − ½αᵀQα, summed over the pairs of classes.

    `vectors` (n × d, CSR) are the support vectors, `classes` (n) the position of each one's class in the
    model's order 0…k−1, `coefficients` ((k − 1) × n) LIBSVM's layout: in the column of a vector of class i
    the coefficient against class j stands in row j − 1 if j > i, else in row j. Signs don't matter as long
    as both classes of a pair have opposite ones.

    Returns the objective and how far the coefficients are outside the constraints: the largest |Σ yα| of a
    pair relative to its Σα, and the largest excess of α over C relative to C.
    """
    count = len(coefficients) + 1
    members = [numpy.flatnonzero(classes == each) for each in range(count)]
    sums, quadratic, unbalanced = 0.0, 0.0, 0.0
    for i in range(count):
        own = coefficients[:, members[i]].T
        if len(own):
            block = vectors[members[i]]
            quadratic += _bilinear(kernel, gamma, block, own, block, own).sum()
        for j in range(i + 1, count):
            mine = coefficients[j - 1, members[i]]
            other = coefficients[i, members[j]]
            total = numpy.abs(mine).sum() + numpy.abs(other).sum()
            sums += total
            if total > 0:
                unbalanced = max(unbalanced, abs(mine.sum() + other.sum()) / total)
            # Vectors of the pair alone: in a problem of many classes most coefficients are zero.
            used, others = numpy.flatnonzero(mine), numpy.flatnonzero(other)
            if len(used) and len(others):
                quadratic += 2 * _bilinear(
                    kernel, gamma, vectors[members[i][used]], mine[used, None],
                    vectors[members[j][others]], other[others, None]).sum()
    excess = max(0.0, float(numpy.abs(coefficients).max(initial=0)) / c - 1)
    return sums - quadratic / 2, {"unbalanced": float(unbalanced), "excess": excess}


def regression(vectors, coefficients, targets, c, epsilon, kernel, gamma):
    """−(½βᵀKβ + εΣ|β| − Σyβ) with β (n) of the support vectors, and the violations as above."""
    beta = coefficients[:, None]
    quadratic = _bilinear(kernel, gamma, vectors, beta, vectors, beta)[0]
    total = numpy.abs(coefficients).sum()
    value = -(quadratic / 2 + epsilon * total - targets @ coefficients)
    unbalanced = abs(coefficients.sum()) / max(total, 1e-300)
    return value, {"unbalanced": float(unbalanced), "excess": max(0.0, numpy.abs(coefficients).max(initial=0) / c - 1)}
