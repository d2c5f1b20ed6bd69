"""Compares `svm` with its peers on the same matrices: time, memory, and whether the answer is the same."""
