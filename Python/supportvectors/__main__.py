"""Runs a program with this package's estimators in place of scikit-learn's.

usage: python -m supportvectors PROGRAM.py [ARGUMENTS]
       python -m supportvectors -m MODULE [ARGUMENTS]
"""

import os
import runpy
import sys

from . import patch_sklearn


def main():
    arguments = sys.argv[1:]
    if not arguments or arguments[0] in ("-h", "--help"):
        print(__doc__.strip())
        return 0 if arguments else 2
    patch_sklearn()
    if arguments[0] == "-m":
        if len(arguments) < 2:
            print(__doc__.strip(), file=sys.stderr)
            return 2
        sys.argv = arguments[1:]
        sys.path.insert(0, os.getcwd())
        runpy.run_module(arguments[1], run_name="__main__", alter_sys=True)
    else:
        sys.argv = arguments
        sys.path.insert(0, os.path.dirname(os.path.abspath(arguments[0])))
        runpy.run_path(arguments[0], run_name="__main__")
    return 0


if __name__ == "__main__":
    sys.exit(main())
