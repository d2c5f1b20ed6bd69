#!/usr/bin/env python3
"""Runs programs of others that are linked to libsvm.so.3 on Debian's library and on ours, and compares.

usage: Scripts/libsvm/check-hosts.py LIBRARY

  LIBRARY  libsvm.so.3 of `make libsvm`

Perl's Algorithm::SVM (package libalgorithm-svm-perl) with its own tests, whose source comes from Debian's archive, and
SAGA (package saga), a geographic information system, with a classification of a generated scene. What is not installed
is installed where that is possible, as root; else it is skipped, with a sentence that says so. Changes nothing of the
machine's package sources.
"""

import math
import os
import pathlib
import random
import re
import shutil
import struct
import subprocess
import sys
import tarfile
import tempfile


def run(arguments, library=None, **options):
    environment = dict(os.environ, LC_ALL="C")
    if library:
        environment["LD_LIBRARY_PATH"] = str(pathlib.Path(library).resolve().parent)
    return subprocess.run(
        arguments, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        text=True, errors="replace", timeout=1800, **options)


def installed(package, file):
    """Whether a package's file is there, perhaps now."""
    if pathlib.Path(file).exists():
        return True
    if not shutil.which("apt-get") or os.geteuid() != 0:
        return False
    command = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", package]
    return any(
        run(before + command).returncode == 0 and pathlib.Path(file).exists()
        for before in ([], ["sh", "-c", 'apt-get update -qq && exec "$@"', "sh"]))


def uses(module, library):
    """Whether a program's module is linked to the library that is checked."""
    text = run(["ldd", str(module)], library).stdout
    return str(pathlib.Path(library).resolve()) in text


# Perl


def perl_source(folder):
    """The source of Algorithm::SVM, by lists of packages of its own."""
    parts, lists = folder / "parts", folder / "lists"
    parts.mkdir()
    (lists / "partial").mkdir(parents=True)
    release = pathlib.Path("/etc/os-release").read_text()
    suite = re.search(r"^VERSION_CODENAME=(\S+)", release, re.MULTILINE)
    if not suite:
        return None
    (parts / "source.sources").write_text(
        "Types: deb-src\nURIs: http://deb.debian.org/debian\nSuites: %s\nComponents: main\n"
        "Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg\n" % suite.group(1))
    own = [
        "-o", "Dir::Etc::sourcelist=/dev/null", "-o", "Dir::Etc::sourceparts=%s" % parts,
        "-o", "Dir::State::lists=%s" % lists, "-qq"]
    run(["apt-get", *own, "update"], cwd=folder)
    # Only its original archive is wanted; Debian's changes are not part of the tests.
    run(["apt-get", *own, "source", "--download-only", "libalgorithm-svm-perl"], cwd=folder)
    archive = next(folder.glob("*.orig.tar.gz"), None)
    if archive is None:
        return None
    with tarfile.open(archive) as file:
        file.extractall(folder / "source", filter="data")
    return next((folder / "source").glob("*/test.pl"), None)


def perl(library, folder):
    """The tests of Perl's Algorithm::SVM: those that pass on Debian's library."""
    if not installed("libalgorithm-svm-perl", "/usr/share/doc/libalgorithm-svm-perl"):
        return "skipped (libalgorithm-svm-perl is not installed)"
    module = next(pathlib.Path("/usr/lib").glob("*/perl5/*/auto/Algorithm/SVM/SVM.so"))
    assert uses(module, library), "%s is not linked to %s" % (module, library)
    test = perl_source(folder)
    if test is None:
        return "skipped (the source of Algorithm::SVM cannot be had)"
    found = []
    for side in (None, library):
        text = run(["perl", test.name], side, cwd=test.parent).stdout
        found.append(re.findall(r"^(ok|not ok) (\d+)", text, re.MULTILINE))
    passed = [sum(word == "ok" for word, _ in tests) for tests in found]
    assert passed[0], "no test passes on Debian's library"
    assert found[0] == found[1], "Debian's library %s, ours %s" % tuple(found)
    return "%d of %d tests pass, as on Debian's library" % (passed[1], len(found[1]))


# SAGA


def write_grid(path, side, value):
    values = [value(x, y) for y in range(side) for x in range(side)]
    path.with_suffix(".sdat").write_bytes(struct.pack("<%df" % len(values), *values))
    header = {
        "NAME": path.stem, "DATAFORMAT": "FLOAT", "DATAFILE_OFFSET": 0, "BYTEORDER_BIG": "FALSE", "POSITION_XMIN": 0,
        "POSITION_YMIN": 0, "CELLCOUNT_X": side, "CELLCOUNT_Y": side, "CELLSIZE": 1, "Z_FACTOR": 1,
        "NODATA_VALUE": -99999, "TOPTOBOTTOM": "FALSE"}
    path.with_suffix(".sgrd").write_text("".join("%s\t= %s\n" % item for item in header.items()))


def write_squares(path, side, squares):
    """A shapefile of squares, each with the name of its class."""
    shapes, places, offset = b"", b"", 50
    for number, (x0, y0, x1, y1, _) in enumerate(squares, 1):
        corners = [(x0, y0), (x0, y1), (x1, y1), (x1, y0), (x0, y0)]
        record = struct.pack("<i4d3i", 5, x0, y0, x1, y1, 1, 5, 0)
        record += b"".join(struct.pack("<2d", *corner) for corner in corners)
        shapes += struct.pack(">2i", number, len(record) // 2) + record
        places += struct.pack(">2i", offset, len(record) // 2)
        offset += 4 + len(record) // 2

    def head(content):
        words = (100 + len(content)) // 2
        return struct.pack(">7i", 9994, 0, 0, 0, 0, 0, words) + struct.pack(
            "<2i8d", 1000, 5, 0, 0, side, side, 0, 0, 0, 0)

    path.with_suffix(".shp").write_bytes(head(shapes) + shapes)
    path.with_suffix(".shx").write_bytes(head(places) + places)
    rows = b"".join(b" " + name.ljust(8).encode() for *_, name in squares)
    path.with_suffix(".dbf").write_bytes(
        struct.pack("<4BI2H20x", 3, 124, 1, 1, len(squares), 65, 9)
        + struct.pack("<11sc4x2B14x", b"CLASS", b"C", 8, 0) + b"\r" + rows + b"\x1a")


def saga(library, folder):
    """SAGA's classification of a scene of two bands by areas of three classes."""
    if not installed("saga", "/usr/bin/saga_cmd"):
        return "skipped (saga is not installed)"
    module = next(pathlib.Path("/usr/lib").glob("**/saga/libimagery_svm.so"))
    assert uses(module, library), "%s is not linked to %s" % (module, library)
    side, generator = 60, random.Random(1)
    write_grid(folder / "a", side, lambda x, y: math.sin(x / 9) + 0.1 * generator.gauss(0, 1))
    write_grid(folder / "b", side, lambda x, y: math.cos(y / 7) * x / side + 0.1 * generator.gauss(0, 1))
    write_squares(folder / "areas", side, [
        (2, 2, 12, 12, "one"), (30, 30, 42, 42, "two"), (45, 5, 57, 17, "three"), (5, 40, 15, 55, "two")])
    said = []
    # Not ν-SVC: of these areas it has no margin, and LIBSVM's own classes depend on the tolerance in most cells.
    for options in (["-KERNEL_TYPE", "2"], ["-KERNEL_TYPE", "0"], ["-KERNEL_TYPE", "1", "-COEF0", "1"]):
        scenes = []
        for side_library in (None, library):
            name = "ours" if side_library else "debian"
            ran = run(
                ["saga_cmd", "imagery_svm", "0", "-GRIDS", "a.sgrd;b.sgrd", "-ROI", "areas.shp", "-ROI_ID", "CLASS",
                 "-COST", "10", "-GAMMA", "0.5", *options, "-CLASSES", name + ".sgrd", "-MODEL_SAVE", name + ".model"],
                side_library, cwd=folder)
            scene = folder / (name + ".sdat")
            assert ran.returncode == 0 and scene.exists(), ran.stdout[-800:]
            scenes.append((scene.read_bytes(), (folder / (name + ".model")).read_text()))
            scene.unlink()
        (theirs, model), (ours, own) = scenes
        cells = [struct.unpack("<%dh" % (len(scene) // 2), scene) for scene in (theirs, ours)]
        equal = sum(a == b for a, b in zip(*cells)) / len(cells[0])
        heads = [[line.split()[0] for line in text.split("\nSV\n")[0].splitlines()] for text in (model, own)]
        assert heads[0] == heads[1], "model files differ: %s" % heads
        assert len(set(cells[1])) == 3, "the scene has the classes %s" % set(cells[1])
        assert equal > 0.995, "%s: only %.2f %% of the cells have Debian's class" % (options, 100 * equal)
        said.append("%.2f" % (100 * equal))
    return "%s %% of the cells have the class of Debian's library" % ", ".join(said)


def main():
    library, failed = sys.argv[1], 0
    for check in (perl, saga):
        with tempfile.TemporaryDirectory() as folder:
            try:
                print("%-20s %s" % (check.__name__, check(library, pathlib.Path(folder))), flush=True)
            except (AssertionError, OSError, subprocess.SubprocessError) as error:
                failed += 1
                print("%-20s FAULT: %s" % (check.__name__, error), flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
