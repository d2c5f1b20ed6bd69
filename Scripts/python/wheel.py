#!/usr/bin/env python3
"""Builds the wheel of the Python package, from what Scripts/python/build.sh made.

usage: Scripts/python/wheel.py BUILT FOLDER

BUILT   where libsupportvectors.so, libscipy_openblas.so and svm are, and the licence of the second
FOLDER  where the wheel is put

A wheel is a zip file with a list of digests: nothing but Python is needed. The tag names the oldest C library that
has all functions which the libraries ask for. Prints the wheel's path.
"""

import base64
import hashlib
import pathlib
import platform
import re
import subprocess
import sys
import zipfile

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
NAME = "supportvectors"
NATIVE = ["libsupportvectors.so", "libscipy_openblas.so", "svm"]
BLAS_LICENSE = "libscipy_openblas-LICENSE.txt"


def version():
    text = (ROOT / "Sources/Basics/Version.swift").read_text()
    return re.search(r'toolkitVersion\s*(?::\s*String)?\s*=\s*"([^"]+)"', text).group(1)


def oldest_c_library(files):
    """The highest version of GLIBC's symbols that the files ask for."""
    versions = set()
    for file in files:
        table = subprocess.run(["objdump", "-T", str(file)], check=True, capture_output=True, text=True).stdout
        versions |= {tuple(map(int, found.split("."))) for found in re.findall(r"GLIBC_(\d+\.\d+)", table)}
    return max(versions)


def metadata(version):
    readme = (ROOT / "Python/README.md").read_text()
    return f"""Metadata-Version: 2.1
Name: {NAME}
Version: {version}
Summary: Support vector machines that end with a proof, as scikit-learn's estimators
License: Apache-2.0; that of the OpenBLAS in the wheel is in licenses/{BLAS_LICENSE}
Requires-Python: >=3.10
Requires-Dist: numpy>=1.24
Requires-Dist: scipy>=1.10
Requires-Dist: scikit-learn>=1.6
Description-Content-Type: text/markdown

{readme}"""



def main():
    built, folder = map(pathlib.Path, sys.argv[1:3])
    number = version()
    major, minor = oldest_c_library(built / name for name in NATIVE)
    tag = f"py3-none-manylinux_{major}_{minor}_{platform.machine()}"
    information = f"{NAME}-{number}.dist-info"
    contents = {}
    for path in sorted((ROOT / "Python" / NAME).rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts and "_native" not in path.parts:
            contents[str(path.relative_to(ROOT / "Python"))] = (path.read_bytes(), 0o644)
    command = f"{NAME}_command.py"
    contents[command] = ((ROOT / "Python" / command).read_bytes(), 0o644)
    for name in NATIVE:
        contents[f"{NAME}/_native/{name}"] = ((built / name).read_bytes(), 0o755)
    contents[f"{information}/METADATA"] = (metadata(number).encode(), 0o644)
    contents[f"{information}/WHEEL"] = (
        f"Wheel-Version: 1.0\nGenerator: wheel.py\nRoot-Is-Purelib: false\nTag: {tag}\n".encode(), 0o644)
    contents[f"{information}/entry_points.txt"] = (
        f"[console_scripts]\nsvm = {NAME}_command:main\n".encode(), 0o644)
    contents[f"{information}/licenses/LICENSE"] = ((ROOT / "LICENSE").read_bytes(), 0o644)
    contents[f"{information}/licenses/{BLAS_LICENSE}"] = ((built / BLAS_LICENSE).read_bytes(), 0o644)
    record = ""
    for name, (data, _) in contents.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
        record += f"{name},sha256={digest},{len(data)}\n"
    contents[f"{information}/RECORD"] = (f"{record}{information}/RECORD,,\n".encode(), 0o644)

    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob(f"{NAME}-*.whl"):
        old.unlink()
    wheel = folder / f"{NAME}-{number}-{tag}.whl"
    with zipfile.ZipFile(wheel, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for name, (data, mode) in contents.items():
            # The same files make the same wheel.
            entry = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
            entry.external_attr = (0o100000 | mode) << 16  # a regular file, else pip drops the mode
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, data)
    print(wheel)


if __name__ == "__main__":
    main()
