"""scikit-learn's checks of the estimator contract, for every estimator."""

import pytest
from sklearn.utils.estimator_checks import parametrize_with_checks

import supportvectors as sv

WEIGHTS = ("check_sample_weight_equivalence_on_dense_data", "check_sample_weight_equivalence_on_sparse_data")
TOLERANCE = {name: "equal within the solver's tolerance, and not within 1e-7" for name in WEIGHTS}

#: Checks that are expected to fail, with the reason.
EXPECTED = {
    "SVC": TOLERANCE,
    "NuSVC": {
        **{name: "the weighted classes do not allow nu = 0.5, which is an error" for name in WEIGHTS},
        "check_class_weight_classifiers": "class weights count, and weights of 1000 and 0.0001 do not allow nu = 0.5",
    },
    "SVR": TOLERANCE,
    "NuSVR": TOLERANCE,
    "OneClassSVM": TOLERANCE,
    "SVDD": TOLERANCE,
    "QuantileSVR": TOLERANCE,
    "LSSVC": {name: "alpha is chosen by leaving out rows, of which a repeated one has a twin" for name in WEIGHTS},
    "TabularClassifier": {WEIGHTS[0]: "rows that are repeated are in different folds of the calibration"},
    "TabularRegressor": {WEIGHTS[0]: TOLERANCE[WEIGHTS[0]]},
}
ESTIMATORS = [
    getattr(sv, name)() for name in sv.__all__ if isinstance(getattr(sv, name), type) and name != "SupportVectorsError"]


@parametrize_with_checks(
    ESTIMATORS, expected_failed_checks=lambda estimator: EXPECTED.get(type(estimator).__name__, {}))
def test_contract(estimator, check):
    check(estimator)


@pytest.mark.parametrize(
    "estimator", [sv.SVC, sv.SVR, sv.NuSVR, sv.OneClassSVM, sv.SVDD, sv.QuantileSVR], ids=lambda cls: cls.__name__)
def test_weights_are_repeated_rows_when_solved_exactly(estimator, random):
    X, y = random.normal(size=(40, 3)), random.randint(0, 2, 40)
    weights = random.randint(0, 4, 40)
    weighted = estimator(tol=1e-10).fit(X, y, sample_weight=weights)
    repeated = estimator(tol=1e-10, gamma=weighted._gamma).fit(X.repeat(weights, axis=0), y.repeat(weights))
    method = "decision_function" if hasattr(weighted, "decision_function") else "predict"
    difference = abs(getattr(weighted, method)(X) - getattr(repeated, method)(X)).max()
    assert difference < 1e-6
