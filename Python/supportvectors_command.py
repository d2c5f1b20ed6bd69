"""The command ``svm`` of the wheel: outside the package, whose import takes a hundred times as long as its start."""

import importlib.util
import os
import sys


def main():
    """Becomes the command."""
    package = importlib.util.find_spec("supportvectors")
    path = os.path.join(package.submodule_search_locations[0], "_native", "svm")
    os.execv(path, [path, *sys.argv[1:]])
