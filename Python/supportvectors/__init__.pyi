"""Types of the package."""

from collections.abc import Callable, Sequence
from os import PathLike
from typing import Any, Literal, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, ClassifierMixin, OutlierMixin, RegressorMixin, TransformerMixin

__version__: str

class SupportVectorsError(ValueError): ...

def version() -> str: ...
def load(path: str | PathLike[str]) -> Any: ...
def patch_sklearn() -> None: ...
def unpatch_sklearn() -> None: ...

class _Estimator(BaseEstimator):
    @property
    def certificate_(self) -> list[dict[str, Any]]: ...
    @property
    def stop_reason_(self) -> str: ...
    def save(self, path: str | PathLike[str]) -> None: ...
    @classmethod
    def load(cls, path: str | PathLike[str]) -> Self: ...
    def to_onnx(self, path: str | PathLike[str] | None = ...) -> bytes: ...

class LSSVC(ClassifierMixin, _Estimator):
    def __init__(
        self,
        *,
        alpha: float | Literal['auto'] = ...,
        kernel: str | Callable[..., Any] = ...,
        gamma: float | Literal['scale', 'auto'] = ...,
        degree: int = ...,
        coef0: float = ...,
        class_weight: dict[Any, float] | Literal['balanced'] | None = ...,
        max_time: float | None = ...,
    ) -> None: ...
    classes_: NDArray[Any]
    @property
    def intercept_(self) -> NDArray[np.float64]: ...
    @property
    def dual_coef_(self) -> Any: ...
    def fit(self, X: Any, y: Any, sample_weight: Any = ...) -> Self: ...
    def predict(self, X: Any) -> NDArray[Any]: ...
    def decision_function(self, X: Any) -> NDArray[np.float64]: ...

class SVC(ClassifierMixin, _Estimator):
    def __init__(
        self,
        *,
        C: float = ...,
        kernel: str | Callable[..., Any] = ...,
        degree: int = ...,
        gamma: float | Literal['scale', 'auto'] = ...,
        coef0: float = ...,
        shrinking: bool = ...,
        probability: bool | str = ...,
        tol: float = ...,
        cache_size: float = ...,
        class_weight: dict[Any, float] | Literal['balanced'] | None = ...,
        verbose: bool | int = ...,
        max_iter: int = ...,
        decision_function_shape: Literal['ovo', 'ovr'] = ...,
        break_ties: bool = ...,
        random_state: Any = ...,
        max_time: float | None = ...,
    ) -> None: ...
    classes_: NDArray[Any]
    @property
    def support_(self) -> NDArray[np.int32]: ...
    @property
    def support_vectors_(self) -> Any: ...
    @property
    def n_support_(self) -> NDArray[np.int32]: ...
    @property
    def intercept_(self) -> NDArray[np.float64]: ...
    @property
    def dual_coef_(self) -> Any: ...
    @property
    def coef_(self) -> Any: ...
    def fit(self, X: Any, y: Any, sample_weight: Any = ...) -> Self: ...
    def predict(self, X: Any) -> NDArray[Any]: ...
    def decision_function(self, X: Any) -> NDArray[np.float64]: ...
    def predict_proba(self, X: Any) -> NDArray[np.float64]: ...
    def predict_log_proba(self, X: Any) -> NDArray[np.float64]: ...
    def verify(self, X: Any, y: Any, sample_weight: Any = ...) -> list[dict[str, Any]]: ...

class SVDD(OutlierMixin, _Estimator):
    def __init__(
        self,
        *,
        kernel: str | Callable[..., Any] = ...,
        degree: int = ...,
        gamma: float | Literal['scale', 'auto'] = ...,
        coef0: float = ...,
        tol: float = ...,
        nu: float = ...,
        shrinking: bool = ...,
        cache_size: float = ...,
        verbose: bool | int = ...,
        max_iter: int = ...,
        max_time: float | None = ...,
    ) -> None: ...
    @property
    def support_(self) -> NDArray[np.int32]: ...
    @property
    def support_vectors_(self) -> Any: ...
    @property
    def n_support_(self) -> NDArray[np.int32]: ...
    @property
    def intercept_(self) -> NDArray[np.float64]: ...
    @property
    def dual_coef_(self) -> Any: ...
    @property
    def coef_(self) -> Any: ...
    @property
    def offset_(self) -> NDArray[np.float64]: ...
    def fit(self, X: Any, y: Any = ..., sample_weight: Any = ...) -> Self: ...
    def predict(self, X: Any) -> NDArray[Any]: ...
    def decision_function(self, X: Any) -> NDArray[np.float64]: ...
    def score_samples(self, X: Any) -> NDArray[np.float64]: ...
    def verify(self, X: Any, y: Any = ..., sample_weight: Any = ...) -> list[dict[str, Any]]: ...

class SVR(RegressorMixin, _Estimator):
    def __init__(
        self,
        *,
        kernel: str | Callable[..., Any] = ...,
        degree: int = ...,
        gamma: float | Literal['scale', 'auto'] = ...,
        coef0: float = ...,
        tol: float = ...,
        C: float = ...,
        epsilon: float = ...,
        shrinking: bool = ...,
        cache_size: float = ...,
        verbose: bool | int = ...,
        max_iter: int = ...,
        max_time: float | None = ...,
    ) -> None: ...
    @property
    def support_(self) -> NDArray[np.int32]: ...
    @property
    def support_vectors_(self) -> Any: ...
    @property
    def n_support_(self) -> NDArray[np.int32]: ...
    @property
    def intercept_(self) -> NDArray[np.float64]: ...
    @property
    def dual_coef_(self) -> Any: ...
    @property
    def coef_(self) -> Any: ...
    def fit(self, X: Any, y: Any, sample_weight: Any = ...) -> Self: ...
    def predict(self, X: Any) -> NDArray[Any]: ...
    def verify(self, X: Any, y: Any, sample_weight: Any = ...) -> list[dict[str, Any]]: ...

class KernelRidge(RegressorMixin, _Estimator):
    def __init__(
        self,
        alpha: float | Sequence[float] = ...,
        *,
        kernel: str | Callable[..., Any] = ...,
        gamma: float | None = ...,
        degree: float = ...,
        coef0: float = ...,
        kernel_params: dict[str, Any] | None = ...,
        max_time: float | None = ...,
    ) -> None: ...
    def fit(self, X: Any, y: Any, sample_weight: Any = ...) -> Self: ...
    def predict(self, X: Any) -> NDArray[Any]: ...

class LinearSVC(ClassifierMixin, _Estimator):
    def __init__(
        self,
        penalty: Literal['l1', 'l2'] = ...,
        loss: str = ...,
        *,
        dual: bool | Literal['auto'] = ...,
        tol: float = ...,
        C: float = ...,
        multi_class: Literal['ovr', 'crammer_singer'] = ...,
        fit_intercept: bool = ...,
        intercept_scaling: float = ...,
        class_weight: dict[Any, float] | Literal['balanced'] | None = ...,
        verbose: bool | int = ...,
        random_state: Any = ...,
        max_iter: int = ...,
        max_time: float | None = ...,
    ) -> None: ...
    classes_: NDArray[Any]
    def fit(self, X: Any, y: Any, sample_weight: Any = ...) -> Self: ...
    def predict(self, X: Any) -> NDArray[Any]: ...
    def decision_function(self, X: Any) -> NDArray[np.float64]: ...
    def sparsify(self) -> Self: ...
    def densify(self) -> Self: ...

class LinearSVR(RegressorMixin, _Estimator):
    def __init__(
        self,
        *,
        epsilon: float = ...,
        tol: float = ...,
        C: float = ...,
        loss: str = ...,
        fit_intercept: bool = ...,
        intercept_scaling: float = ...,
        dual: bool | Literal['auto'] = ...,
        verbose: bool | int = ...,
        random_state: Any = ...,
        max_iter: int = ...,
        max_time: float | None = ...,
    ) -> None: ...
    def fit(self, X: Any, y: Any, sample_weight: Any = ...) -> Self: ...
    def predict(self, X: Any) -> NDArray[Any]: ...

class LogisticClassifier(ClassifierMixin, _Estimator):
    def __init__(
        self,
        *,
        C: float = ...,
        kernel: str | Callable[..., Any] = ...,
        gamma: float | Literal['scale', 'auto'] = ...,
        degree: int = ...,
        coef0: float = ...,
        n_components: int = ...,
        tol: float = ...,
        class_weight: dict[Any, float] | Literal['balanced'] | None = ...,
        max_iter: int = ...,
        random_state: Any = ...,
        max_time: float | None = ...,
    ) -> None: ...
    classes_: NDArray[Any]
    @property
    def intercept_(self) -> NDArray[np.float64]: ...
    @property
    def coef_(self) -> Any: ...
    def fit(self, X: Any, y: Any, sample_weight: Any = ...) -> Self: ...
    def predict(self, X: Any) -> NDArray[Any]: ...
    def decision_function(self, X: Any) -> NDArray[np.float64]: ...
    def predict_proba(self, X: Any) -> NDArray[np.float64]: ...
    def predict_log_proba(self, X: Any) -> NDArray[np.float64]: ...

class NuSVC(ClassifierMixin, _Estimator):
    def __init__(
        self,
        *,
        nu: float = ...,
        kernel: str | Callable[..., Any] = ...,
        degree: int = ...,
        gamma: float | Literal['scale', 'auto'] = ...,
        coef0: float = ...,
        shrinking: bool = ...,
        probability: bool | str = ...,
        tol: float = ...,
        cache_size: float = ...,
        class_weight: dict[Any, float] | Literal['balanced'] | None = ...,
        verbose: bool | int = ...,
        max_iter: int = ...,
        decision_function_shape: Literal['ovo', 'ovr'] = ...,
        break_ties: bool = ...,
        random_state: Any = ...,
        max_time: float | None = ...,
    ) -> None: ...
    classes_: NDArray[Any]
    @property
    def support_(self) -> NDArray[np.int32]: ...
    @property
    def support_vectors_(self) -> Any: ...
    @property
    def n_support_(self) -> NDArray[np.int32]: ...
    @property
    def intercept_(self) -> NDArray[np.float64]: ...
    @property
    def dual_coef_(self) -> Any: ...
    @property
    def coef_(self) -> Any: ...
    def fit(self, X: Any, y: Any, sample_weight: Any = ...) -> Self: ...
    def predict(self, X: Any) -> NDArray[Any]: ...
    def decision_function(self, X: Any) -> NDArray[np.float64]: ...
    def predict_proba(self, X: Any) -> NDArray[np.float64]: ...
    def predict_log_proba(self, X: Any) -> NDArray[np.float64]: ...
    def verify(self, X: Any, y: Any, sample_weight: Any = ...) -> list[dict[str, Any]]: ...

class NuSVR(RegressorMixin, _Estimator):
    def __init__(
        self,
        *,
        nu: float = ...,
        C: float = ...,
        kernel: str | Callable[..., Any] = ...,
        degree: int = ...,
        gamma: float | Literal['scale', 'auto'] = ...,
        coef0: float = ...,
        shrinking: bool = ...,
        tol: float = ...,
        cache_size: float = ...,
        verbose: bool | int = ...,
        max_iter: int = ...,
        max_time: float | None = ...,
    ) -> None: ...
    @property
    def support_(self) -> NDArray[np.int32]: ...
    @property
    def support_vectors_(self) -> Any: ...
    @property
    def n_support_(self) -> NDArray[np.int32]: ...
    @property
    def intercept_(self) -> NDArray[np.float64]: ...
    @property
    def dual_coef_(self) -> Any: ...
    @property
    def coef_(self) -> Any: ...
    def fit(self, X: Any, y: Any, sample_weight: Any = ...) -> Self: ...
    def predict(self, X: Any) -> NDArray[Any]: ...
    def verify(self, X: Any, y: Any, sample_weight: Any = ...) -> list[dict[str, Any]]: ...

class Nystroem(TransformerMixin, BaseEstimator):
    def __init__(
        self,
        kernel: str | Callable[..., Any] = ...,
        *,
        gamma: float | None = ...,
        coef0: float | None = ...,
        degree: float | None = ...,
        kernel_params: dict[str, Any] | None = ...,
        n_components: int = ...,
        random_state: Any = ...,
        n_jobs: int | None = ...,
    ) -> None: ...
    def fit(self, X: Any, y: Any = ...) -> Self: ...
    def transform(self, X: Any) -> Any: ...

class OneClassSVM(OutlierMixin, _Estimator):
    def __init__(
        self,
        *,
        kernel: str | Callable[..., Any] = ...,
        degree: int = ...,
        gamma: float | Literal['scale', 'auto'] = ...,
        coef0: float = ...,
        tol: float = ...,
        nu: float = ...,
        shrinking: bool = ...,
        cache_size: float = ...,
        verbose: bool | int = ...,
        max_iter: int = ...,
        max_time: float | None = ...,
    ) -> None: ...
    @property
    def support_(self) -> NDArray[np.int32]: ...
    @property
    def support_vectors_(self) -> Any: ...
    @property
    def n_support_(self) -> NDArray[np.int32]: ...
    @property
    def intercept_(self) -> NDArray[np.float64]: ...
    @property
    def dual_coef_(self) -> Any: ...
    @property
    def coef_(self) -> Any: ...
    @property
    def offset_(self) -> NDArray[np.float64]: ...
    def fit(self, X: Any, y: Any = ..., sample_weight: Any = ...) -> Self: ...
    def predict(self, X: Any) -> NDArray[Any]: ...
    def decision_function(self, X: Any) -> NDArray[np.float64]: ...
    def score_samples(self, X: Any) -> NDArray[np.float64]: ...
    def verify(self, X: Any, y: Any = ..., sample_weight: Any = ...) -> list[dict[str, Any]]: ...

class QuantileSVR(RegressorMixin, _Estimator):
    def __init__(
        self,
        *,
        quantiles: float | Sequence[float] = ...,
        C: float = ...,
        kernel: str | Callable[..., Any] = ...,
        degree: int = ...,
        gamma: float | Literal['scale', 'auto'] = ...,
        coef0: float = ...,
        shrinking: bool = ...,
        tol: float = ...,
        cache_size: float = ...,
        verbose: bool | int = ...,
        max_iter: int = ...,
        max_time: float | None = ...,
    ) -> None: ...
    @property
    def support_(self) -> NDArray[np.int32]: ...
    @property
    def support_vectors_(self) -> Any: ...
    @property
    def n_support_(self) -> NDArray[np.int32]: ...
    @property
    def intercept_(self) -> NDArray[np.float64]: ...
    @property
    def dual_coef_(self) -> Any: ...
    @property
    def coef_(self) -> Any: ...
    def fit(self, X: Any, y: Any, sample_weight: Any = ...) -> Self: ...
    def predict(self, X: Any) -> NDArray[Any]: ...
    def predict_quantiles(self, X: Any) -> NDArray[np.float64]: ...
    def verify(self, X: Any, y: Any, sample_weight: Any = ...) -> list[dict[str, Any]]: ...

class RBFSampler(TransformerMixin, BaseEstimator):
    def __init__(
        self,
        *,
        gamma: float | Literal['scale'] = ...,
        n_components: int = ...,
        random_state: Any = ...,
    ) -> None: ...
    def fit(self, X: Any, y: Any = ...) -> Self: ...
    def transform(self, X: Any) -> Any: ...

class TabularClassifier(ClassifierMixin, _Estimator):
    def __init__(
        self,
        *,
        formulation: str | None = ...,
        C: float | None = ...,
        kernel: str | None = ...,
        gamma: float | Literal['scale', 'auto'] = ...,
        class_weight: dict[Any, float] | Literal['balanced'] | None = ...,
        probability: bool = ...,
        scale: str | None = ...,
        missing: str = ...,
        unseen: str = ...,
        tol: float = ...,
        config: dict[str, Any] | None = ...,
        random_state: Any = ...,
        max_time: float | None = ...,
    ) -> None: ...
    classes_: NDArray[Any]
    def fit(self, X: Any, y: Any, sample_weight: Any = ...) -> Self: ...
    def predict(self, X: Any) -> NDArray[Any]: ...
    def predict_proba(self, X: Any) -> NDArray[np.float64]: ...
    def verify(self, X: Any, y: Any, sample_weight: Any = ...) -> list[dict[str, Any]]: ...

class TabularRegressor(RegressorMixin, _Estimator):
    def __init__(
        self,
        *,
        formulation: str | None = ...,
        C: float | None = ...,
        epsilon: float | None = ...,
        kernel: str | None = ...,
        gamma: float | Literal['scale', 'auto'] = ...,
        scale: str | None = ...,
        missing: str = ...,
        unseen: str = ...,
        tol: float = ...,
        config: dict[str, Any] | None = ...,
        random_state: Any = ...,
        max_time: float | None = ...,
    ) -> None: ...
    def fit(self, X: Any, y: Any, sample_weight: Any = ...) -> Self: ...
    def predict(self, X: Any) -> NDArray[Any]: ...
    def verify(self, X: Any, y: Any, sample_weight: Any = ...) -> list[dict[str, Any]]: ...
