"""The same optimum as scikit-learn's estimators, on the same data with the same parameters."""

import numpy as np
import pytest
import scipy.sparse as sp
import sklearn.kernel_approximation
import sklearn.kernel_ridge
import sklearn.svm as theirs

import supportvectors as sv

KERNELS = [
    {"kernel": "linear"}, {"kernel": "rbf"}, {"kernel": "rbf", "gamma": "auto"}, {"kernel": "rbf", "gamma": 0.3},
    {"kernel": "poly", "degree": 2, "coef0": 1.0}, {"kernel": "sigmoid", "gamma": 0.01}]
IDS = lambda kernel: "-".join(map(str, kernel.values()))  # noqa: E731
# Decision values of two solutions within a tolerance of 1e-8.
CLOSE = dict(rtol=0, atol=2e-5)


@pytest.mark.parametrize("kernel", KERNELS, ids=IDS)
@pytest.mark.parametrize("name, options", [("SVC", {"C": 3.0}), ("NuSVC", {"nu": 0.3})], ids=["SVC", "NuSVC"])
@pytest.mark.parametrize("data", ["iris", "cancer"])
def test_classifiers(name, options, kernel, data, request):
    X, y = request.getfixturevalue(data)
    # Without a free support vector of a class the bias of nu-SVC is any of an interval, whose middle is taken of
    # different ends.
    tol, atol = (1e-11, 5e-3) if name == "NuSVC" else (1e-8, 1e-4)
    ours = getattr(sv, name)(tol=tol, **options, **kernel).fit(X, y)
    reference = getattr(theirs, name)(tol=tol, **options, **kernel).fit(X, y)
    assert ours.stop_reason_ in ("converged", "stalled")
    np.testing.assert_allclose(ours.decision_function(X), reference.decision_function(X), rtol=0, atol=atol)
    np.testing.assert_array_equal(ours.predict(X), reference.predict(X))
    np.testing.assert_allclose(ours.intercept_, reference.intercept_, rtol=0, atol=10 * atol)
    assert ours.dual_coef_.shape[0] == reference.dual_coef_.shape[0]
    # The same support vectors, but for rows whose variable is 0 to rounding.
    different = set(ours.support_) ^ set(reference.support_)
    assert len(different) <= max(2, 0.03 * len(reference.support_))
    if kernel["kernel"] == "linear":
        np.testing.assert_allclose(ours.coef_, reference.coef_, rtol=0, atol=atol)


@pytest.mark.parametrize("shape", ["ovo", "ovr"])
def test_decision_function_shapes(shape, iris):
    X, y = iris
    ours = sv.SVC(tol=1e-8, decision_function_shape=shape).fit(X, y)
    reference = theirs.SVC(tol=1e-8, decision_function_shape=shape).fit(X, y)
    np.testing.assert_allclose(ours.decision_function(X), reference.decision_function(X), **CLOSE)


@pytest.mark.parametrize("kernel", KERNELS, ids=IDS)
@pytest.mark.parametrize(
    "name, options", [("SVR", {"C": 3.0, "epsilon": 0.2}), ("NuSVR", {"nu": 0.4, "C": 2.0})], ids=["SVR", "NuSVR"])
def test_regressors(name, options, kernel, diabetes):
    X, y = diabetes
    ours = getattr(sv, name)(tol=1e-8, **options, **kernel).fit(X, y)
    reference = getattr(theirs, name)(tol=1e-8, **options, **kernel).fit(X, y)
    np.testing.assert_allclose(ours.predict(X), reference.predict(X), rtol=0, atol=1e-4)


@pytest.mark.parametrize("kernel", KERNELS[1:4], ids=IDS)
def test_novelties(kernel, cancer):
    X, _ = cancer
    ours = sv.OneClassSVM(tol=1e-8, nu=0.2, **kernel).fit(X)
    reference = theirs.OneClassSVM(tol=1e-8, nu=0.2, **kernel).fit(X)
    np.testing.assert_allclose(ours.decision_function(X), reference.decision_function(X), rtol=0, atol=1e-4)
    np.testing.assert_allclose(ours.offset_, reference.offset_, rtol=1e-5)


def test_objectives_are_no_worse(cancer):
    X, y = cancer
    ours = sv.SVC(C=10).fit(X, y)
    reference = theirs.SVC(C=10).fit(X, y)

    def objective(model):
        from sklearn.metrics.pairwise import rbf_kernel

        alpha = np.abs(model.dual_coef_).sum()
        K = rbf_kernel(model.support_vectors_, gamma=model._gamma)
        return alpha - 0.5 * (model.dual_coef_ @ K @ model.dual_coef_.T).item()

    assert objective(ours) >= objective(reference) * (1 - 1e-5)
    assert ours.certificate_[0]["dualObjective"] == pytest.approx(objective(ours), rel=1e-6)
    assert ours.certificate_[0]["relativeGap"] < 1e-2


def test_class_and_sample_weights(iris, random):
    X, y = iris
    weights = random.uniform(0.1, 2, len(y))
    options = dict(tol=1e-8, gamma=0.2, class_weight={0: 2.0, 2: 0.5})
    ours = sv.SVC(**options).fit(X, y, weights)
    reference = theirs.SVC(**options).fit(X, y, weights)
    np.testing.assert_allclose(ours.decision_function(X), reference.decision_function(X), **CLOSE)
    balanced = sv.SVC(tol=1e-8, class_weight="balanced").fit(X[20:], y[20:])
    other = theirs.SVC(tol=1e-8, class_weight="balanced").fit(X[20:], y[20:])
    np.testing.assert_allclose(balanced.decision_function(X), other.decision_function(X), **CLOSE)


@pytest.mark.parametrize("loss", ["hinge", "squared_hinge"])
@pytest.mark.parametrize("fit_intercept", [True, False])
def test_linear_classifiers(loss, fit_intercept, iris):
    X, y = iris
    options = dict(loss=loss, C=0.5, tol=1e-8, fit_intercept=fit_intercept, intercept_scaling=2.0)
    ours = sv.LinearSVC(**options).fit(X, y)
    reference = theirs.LinearSVC(max_iter=1_000_000, random_state=0, **options).fit(X, y)
    np.testing.assert_allclose(ours.coef_, reference.coef_, rtol=0, atol=1e-3)
    np.testing.assert_allclose(ours.intercept_, reference.intercept_, rtol=0, atol=1e-3)


@pytest.mark.parametrize("loss", ["epsilon_insensitive", "squared_epsilon_insensitive"])
def test_linear_regressors(loss, diabetes):
    X, y = diabetes
    options = dict(loss=loss, C=0.5, tol=1e-8, epsilon=0.1)
    ours = sv.LinearSVR(**options).fit(X, y)
    reference = theirs.LinearSVR(max_iter=1_000_000, random_state=0, **options).fit(X, y)
    np.testing.assert_allclose(ours.predict(X), reference.predict(X), rtol=0, atol=2e-3)


@pytest.mark.parametrize("kernel", ["linear", "rbf", "poly", "laplacian", "cosine", "chi2"])
def test_kernel_ridge(kernel, diabetes, random):
    X, y = diabetes
    if kernel == "chi2":
        X = X - X.min(axis=0)
    weights = random.uniform(0.5, 2, len(y))
    targets = np.column_stack([y, -2 * y])
    options = dict(kernel=kernel, gamma=0.05, alpha=np.array([0.5, 2.0]))
    ours = sv.KernelRidge(**options).fit(X, targets, weights)
    reference = sklearn.kernel_ridge.KernelRidge(**options).fit(X, targets, weights)
    np.testing.assert_allclose(ours.predict(X), reference.predict(X), rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_feature_maps(dtype, cancer):
    X, y = cancer
    X = X.astype(dtype)
    for name in ("Nystroem", "RBFSampler"):
        options = dict(gamma=0.02, n_components=50, random_state=3)
        ours = getattr(sv, name)(**options).fit(X)
        reference = getattr(sklearn.kernel_approximation, name)(**options).fit(X)
        Z = ours.transform(X)
        assert Z.dtype == dtype
        np.testing.assert_allclose(Z @ Z.T, reference.transform(X) @ reference.transform(X).T, rtol=0, atol=2e-3)


def test_callable_and_precomputed_kernels(iris):
    X, y = iris
    kernel = sv.SVC(kernel="linear", tol=1e-8).fit(X, y)
    called = sv.SVC(kernel=lambda A, B: A @ B.T, tol=1e-8).fit(X, y)
    precomputed = sv.SVC(kernel="precomputed", tol=1e-8).fit(X @ X.T, y)
    np.testing.assert_allclose(kernel.decision_function(X), called.decision_function(X), **CLOSE)
    np.testing.assert_array_equal(called.decision_function(X), precomputed.decision_function(X @ X.T))


@pytest.mark.parametrize("index", [np.int32, np.int64])
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_sparse_rows(index, dtype, random):
    dense = random.normal(size=(120, 40)) * (random.uniform(size=(120, 40)) < 0.1)
    dense = dense.astype(dtype)
    y = (dense.sum(axis=1) > 0).astype(int)
    X = sp.csr_matrix(dense)
    X.indices, X.indptr = X.indices.astype(index), X.indptr.astype(index)
    sparse = sv.SVC(tol=1e-8).fit(X, y)
    whole = sv.SVC(tol=1e-8).fit(dense, y)
    assert sp.issparse(sparse.support_vectors_) and sp.issparse(sparse.dual_coef_)
    np.testing.assert_allclose(sparse.decision_function(X), whole.decision_function(dense), **CLOSE)
    np.testing.assert_array_equal(sparse.support_vectors_.toarray(), dense[sparse.support_])
