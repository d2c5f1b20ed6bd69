"""The columns of data frames and arrays, as the library has them."""

from __future__ import annotations

from numbers import Real

import numpy as np
from sklearn.utils.validation import (
    check_array,
)


def table_columns(X):
    """The columns of a data frame or an array: arrays of numbers, and lists of texts with None where one is missing."""
    if hasattr(X, "columns") and hasattr(X, "__getitem__"):
        return {str(name): _column(X[name]) for name in X.columns}
    # check_array refuses what is no table.
    X = check_array(X, dtype=None, ensure_all_finite="allow-nan")
    return {f"x{place}": _column(X[:, place]) for place in range(X.shape[1])}


def _column(values):
    """Numbers, or texts as a CSV file has them: truth values are True and False, dates ISO's."""
    kind = str(getattr(values, "dtype", "")).lower()
    if kind.startswith("datetime"):
        return _dates(np.asarray(values).astype("datetime64[us]"))
    if hasattr(values, "to_numpy"):
        try:
            array = values.to_numpy(dtype=np.float64, na_value=np.nan)
            if _is_number(kind):
                return array
        except (TypeError, ValueError):
            pass
        values = values.to_numpy() if not hasattr(values, "to_list") else np.array(values.to_list(), dtype=object)
    values = np.asarray(values)
    if values.dtype.kind in "iuf":
        return values.astype(np.float64)
    if values.dtype.kind == "c":
        raise ValueError("Complex data not supported")
    missing = [value is None or value != value for value in values]
    present = [value for value, is_missing in zip(values, missing) if not is_missing]
    if all(isinstance(value, (Real, np.number)) and not isinstance(value, bool) for value in present):
        return np.array([np.nan if m else float(v) for v, m in zip(values, missing)])
    for value in present:
        if not isinstance(value, (str, bytes, Real, np.generic)) and not hasattr(value, "isoformat"):
            raise TypeError(f"argument must be a string or a number, not {type(value).__name__}")
    return [None if m else str(v) for v, m in zip(values, missing)]


def _dates(values):
    days = values.astype("datetime64[D]")
    missing = np.isnat(values)
    if np.array_equal(days[~missing], values[~missing]):
        texts = days.astype(str)
    else:
        texts = np.char.replace(values.astype("datetime64[s]").astype(str), "T", " ")
    return [None if is_missing else str(text) for text, is_missing in zip(texts, missing)]


def _is_number(kind):
    return kind.startswith(("int", "uint", "float"))
