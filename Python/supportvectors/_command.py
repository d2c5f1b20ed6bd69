"""The command ``svm`` of the wheel."""

import os
import sys

from ._library import _FOLDER


def main():
    """Becomes the command."""
    path = str(_FOLDER / "svm")
    os.execv(path, [path, *sys.argv[1:]])
