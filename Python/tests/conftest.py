import numpy as np
import pytest
from sklearn.datasets import load_breast_cancer, load_diabetes, load_iris
from sklearn.preprocessing import StandardScaler


def _scaled(load):
    X, y = load(return_X_y=True)
    return StandardScaler().fit_transform(X), y


@pytest.fixture(scope="session")
def iris():
    return _scaled(load_iris)


@pytest.fixture(scope="session")
def cancer():
    return _scaled(load_breast_cancer)


@pytest.fixture(scope="session")
def diabetes():
    X, y = _scaled(load_diabetes)
    return X, (y - y.mean()) / y.std()


@pytest.fixture
def random():
    return np.random.RandomState(7)
