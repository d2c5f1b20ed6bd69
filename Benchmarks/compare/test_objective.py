"""Checks of what the comparison rests on: `python -m unittest discover -s Benchmarks -t Benchmarks`."""

import itertools
import os
import tempfile
import unittest

import numpy
import scipy.sparse

from . import objective, prepare


def _kernel(gamma, x, z):
    return numpy.exp(-gamma * ((x - z) ** 2).sum())


class ObjectiveTests(unittest.TestCase):
    def setUp(self):
        self.random = numpy.random.default_rng(7)

    def test_classification_sums_the_pairs_of_three_classes(self):
        classes = numpy.array([2, 0, 1, 1, 0, 2, 0])
        vectors = self.random.normal(size=(7, 3))
        coefficients = self.random.uniform(0, 1, size=(2, 7))
        expected = 0.0
        for i, j in itertools.combinations(range(3), 2):
            rows = [row for row in range(7) if classes[row] in (i, j)]
            alpha = {row: coefficients[j - 1 if classes[row] == i else i, row] for row in rows}
            sign = {row: 1 if classes[row] == i else -1 for row in rows}
            expected += sum(alpha.values()) - sum(
                alpha[r] * alpha[s] * sign[r] * sign[s] * _kernel(0.4, vectors[r], vectors[s])
                for r in rows for s in rows) / 2
        signed = coefficients.copy()
        for row, own in enumerate(classes):
            for place in range(2):
                if own > place:  # the row of coefficients holds pairs in which this class is the later one
                    signed[place, row] *= -1
        found, violations = objective.classification(
            scipy.sparse.csr_matrix(vectors), signed, classes, 1.0, "gaussian", 0.4)
        self.assertAlmostEqual(found, expected, places=12)
        self.assertEqual(violations["excess"], 0)
        self.assertGreater(violations["unbalanced"], 0)

    def test_coefficients_above_the_bound_are_seen(self):
        vectors = scipy.sparse.csr_matrix(numpy.eye(2))
        _, violations = objective.classification(
            vectors, numpy.array([[3.0, -3.0]]), numpy.array([0, 1]), 2.0, "linear", 0)
        self.assertEqual(violations, {"unbalanced": 0.0, "excess": 0.5})

    def test_regression_agrees_with_its_formula(self):
        vectors, beta, targets = (self.random.normal(size=shape) for shape in [(5, 2), 5, 5])
        kernel = numpy.array([[_kernel(0.7, x, z) for z in vectors] for x in vectors])
        expected = -(beta @ kernel @ beta / 2 + 0.1 * abs(beta).sum() - targets @ beta)
        found, _ = objective.regression(
            scipy.sparse.csr_matrix(vectors), beta, targets, 10.0, 0.1, "gaussian", 0.7)
        self.assertAlmostEqual(found, expected, places=12)


class PreparationTests(unittest.TestCase):
    def test_text_says_what_the_arrays_hold(self):
        values = scipy.sparse.csr_matrix(numpy.array([[0.1, 0, -2.5], [1 / 3, 1e-7, 0]]))
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "x.svm")
            prepare._write(path, values, numpy.array([1.0, 0.25]))
            with open(path) as file:
                text = file.read()
        self.assertEqual(text, "1 1:0.1 3:-2.5\n0.25 1:0.33333334 2:0.0000001\n")
        self.assertEqual(values.data.tolist(), [0.1, -2.5, 0.33333334, 1e-7])


if __name__ == "__main__":
    unittest.main()
