#!/usr/bin/env python3
"""Checks that libsvm.so.3 or libsvm.so.4 of `make libsvm` is a good guest in a program.

usage: Scripts/libsvm/check-host.py LIBRARY [--cycles N]

Exports svm.h's symbols alone; loading and training leave signals, locale, environment and floating-point modes (how
numbers are rounded, and whether small ones become 0) as they were; trains in a forked child, in eight threads at once,
and thousands of times without growing; predicts by models that a program built or changed itself; runs Debian's
svm-train, svm-predict and svm-grid (package libsvm-tools), and Python's interfaces where they are installed; a small C
program under valgrind has no faults, with few examples and with hundreds.
"""

import argparse
import ctypes
import os
import pathlib
import platform
import random
import re
import shutil
import struct
import subprocess
import sys
import tempfile
import threading

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import interface as svm

FUNCTIONS = """libsvm_version svm_train svm_cross_validation svm_save_model svm_load_model svm_get_svm_type
svm_get_nr_class svm_get_labels svm_get_sv_indices svm_get_nr_sv svm_get_svr_probability svm_predict_values svm_predict
svm_predict_probability svm_free_model_content svm_free_and_destroy_model svm_destroy_param svm_check_parameter
svm_check_probability_model svm_set_print_string_function""".split()


def generated(count, width=4, classes=2, seed=1):
    generator = random.Random(seed)
    rows = [[generator.uniform(-1, 1) for _ in range(width)] for _ in range(count)]
    labels = [int((row[0] * row[1] + 0.3 * generator.gauss(0, 1) + 1.5) * classes / 3) for row in rows]
    return svm.Data(rows, [float(min(classes - 1, max(0, label))) for label in labels])


def exports(path, _):
    text = subprocess.run(["nm", "-D", "--defined-only", path], check=True, capture_output=True, text=True).stdout
    found = {line.split()[2].split("@")[0] for line in text.splitlines()}
    assert found == set(FUNCTIONS), "other symbols: %s …" % sorted(found ^ set(FUNCTIONS))[:10]


def floating_point_modes():
    """How this thread rounds, what it traps, and whether it takes subnormal numbers for 0 (FTZ and DAZ)."""
    modes = ctypes.create_string_buffer(64)
    assert svm.libc.fegetmode(modes) == 0, "fegetmode fails"
    if platform.machine() == "x86_64":
        # The lower six bits of MXCSR say what happened, not what is to happen.
        control, _, mxcsr = struct.unpack_from("HHI", modes)
        return control, mxcsr & ~0x3f
    return struct.unpack_from("I", modes)


def process_state():
    """What a library must leave alone."""
    status = pathlib.Path("/proc/self/status").read_text()
    threads = next(line for line in status.splitlines() if line.startswith("Threads"))
    # Signals 32 and 33 are the C library's own, for any program with threads.
    signals = [
        hex(int(line.split()[1], 16) & ~(3 << 31)) for line in status.splitlines()
        if line.startswith(("SigBlk", "SigIgn", "SigCgt"))]
    svm.libc.setlocale.restype = ctypes.c_char_p
    return threads, signals, svm.libc.setlocale(6, None), dict(os.environ), floating_point_modes()


def state_of_process(path, _):
    code = (
        "import sys; sys.path.insert(0, %r); import importlib.util as u; s = u.spec_from_file_location('h', %r);"
        "h = u.module_from_spec(s); s.loader.exec_module(h); before = h.process_state(); l = h.svm.Library(%r);"
        "loaded = h.process_state(); m = l.train(h.generated(2000), h.svm.default_parameter(probability=1))[0];"
        "assert before == loaded, (before, loaded); after = h.process_state()[1:];"
        "assert loaded[1:] == after, (loaded, after)"
        % (str(pathlib.Path(__file__).parent), __file__, path))
    subprocess.run([sys.executable, "-c", code], check=True)


def fork(_, library):
    data, parameter = generated(3000, classes=3), svm.default_parameter(C=10)
    expected, _, _ = library.train(data, parameter)
    values = library.values(expected, data.pointers[0])
    child = os.fork()
    if child == 0:
        model, _, _ = library.train(data, parameter)
        os._exit(0 if library.values(model, data.pointers[0]) == values else 1)
    assert os.waitpid(child, 0)[1] == 0, "the child predicts otherwise"


def threads(_, library):
    datasets = [generated(500, classes=2 + i % 3, seed=i) for i in range(8)]
    parameter = svm.default_parameter(C=5)

    def values(data):
        model = library.c.svm_train(ctypes.byref(data.problem), ctypes.byref(parameter))
        found = [library.values(model, row) for row in data.pointers]
        library.free(model)
        return found

    library.c.svm_set_print_string_function(svm.PRINTER(0))
    silent = os.dup(1)
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 1)
    try:
        alone = [values(data) for data in datasets]
        together = [None] * 8
        workers = [
            threading.Thread(target=lambda i=i: together.__setitem__(i, [values(datasets[i]) for _ in range(5)]))
            for i in range(8)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
    finally:
        svm.libc.fflush(None)
        os.dup2(silent, 1)
        library.c.svm_set_print_string_function(library.printer)
    assert all(found == [alone[i]] * 5 for i, found in enumerate(together)), "threads change the models"


def resident():
    return int(pathlib.Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def growth(_, library, cycles):
    data = generated(60, classes=3)
    # Probabilities take sixteen trainings for one.
    parameters = [svm.default_parameter(probability=place == 0) for place in range(20)]

    def run(count):
        for cycle in range(count):
            model, _, _ = library.train(data, parameters[cycle % 20])
            library.values(model, data.pointers[0])
            library.free(model)

    run(max(100, cycles // 10))
    before = resident()
    run(cycles)
    grown = resident() - before
    assert grown < 4 << 20, "%d cycles took %d KB" % (cycles, grown >> 10)


def foreign_models(_, library):
    """K(x, z) = ⟨x, z⟩, f = 2⟨(1,0), x⟩ − 1⟨(0,1), x⟩ − 0.5, from structures of this program."""
    vectors = svm.Data([[1, 0], [0, 1]], [1, 1])
    coefficients = (ctypes.c_double * 2)(2, -1)
    rows = (ctypes.POINTER(ctypes.c_double) * 1)(coefficients)
    rho, labels, counts = (ctypes.c_double * 1)(0.5), (ctypes.c_int * 2)(7, -3), (ctypes.c_int * 2)(1, 1)
    model = library.Model(
        param=svm.default_parameter(kernel_type=0), nr_class=2, l=2, SV=vectors.pointers, sv_coef=rows, rho=rho,
        label=labels, nSV=counts)
    row = svm.Data([[3, 4, 5]], [0]).pointers[0]
    assert library.values(ctypes.pointer(model), row) == (7, [1.5]), library.values(ctypes.pointer(model), row)
    # The same struct with other content; then another kernel, with a feature that no support vector has.
    coefficients[0] = 1
    assert library.values(ctypes.pointer(model), row) == (-3, [-1.5])
    model.param.kernel_type, model.param.gamma = 2, 0.01
    expected = 2.718281828459045 ** (-0.01 * 45) - 2.718281828459045 ** (-0.01 * 43) - 0.5
    found = library.values(ctypes.pointer(model), row)[1][0]
    assert abs(found - expected) < 1e-14, (found, expected)


def faults(_, library):
    data = generated(20)
    for change, message in [
            ({"svm_type": 9}, b"unknown svm type"), ({"kernel_type": 9}, b"unknown kernel type"),
            ({"gamma": -1}, b"gamma < 0"), ({"cache_size": 0}, b"cache_size <= 0"), ({"eps": 0}, b"eps <= 0"),
            ({"C": 0}, b"C <= 0"), ({"svm_type": 1, "nu": 2}, b"nu <= 0 or nu > 1"),
            ({"svm_type": 3, "p": -1}, b"p < 0"), ({"shrinking": 2}, b"shrinking != 0 and shrinking != 1"),
            ({"kernel_type": 1, "degree": -1}, b"degree of polynomial kernel < 0"),
            ({"svm_type": 1, "nu": 1}, b"specified nu is infeasible"), ({}, None)]:
        found = library.check(data, svm.default_parameter(**change))
        assert found == message, "%s: %s" % (change, found)
    assert not library.load("/nonexistent"), "a file that is missing is loaded"


def command(arguments, **options):
    return subprocess.run(arguments, check=True, capture_output=True, text=True, **options).stdout


def rounded(text):
    return re.sub(r"\d\.\d+", lambda number: "%.2f" % float(number.group()), text)


def programs(path, library):
    """Debian's programs, which are linked to libsvm.so.3."""
    if library.version >= 330 or not pathlib.Path("/usr/bin/svm-train").exists():
        return "skipped"
    environment = dict(os.environ, LD_LIBRARY_PATH=str(pathlib.Path(path).resolve().parent))
    with tempfile.TemporaryDirectory() as folder:
        rows = pathlib.Path(folder) / "rows"
        generator = random.Random(3)
        with open(rows, "w") as file:
            for _ in range(300):
                x = [generator.uniform(-1, 1) for _ in range(3)]
                file.write("%d 1:%.6f 2:%.6f 3:%.6f\n" % (x[0] * x[1] > 0, *x))
        for options in (["-b", "1"], ["-s", "3"], ["-s", "1", "-n", "0.7"], ["-s", "2"]):
            found = []
            for env in (environment, None):
                text = command(["/usr/bin/svm-train", *options, rows, folder + "/model"], env=env)
                said = command(["/usr/bin/svm-predict", rows, folder + "/model", folder + "/out"], env=env)
                validated = command(["/usr/bin/svm-train", "-v", "5", "-q", *options, rows], env=env)
                head = pathlib.Path(folder + "/model").read_text().split("\nSV\n")[0].splitlines()
                if options[0] == "-s" and options[1] == "3":
                    # Errors agree within the tolerance.
                    said, validated = (rounded(part) for part in (said, validated))
                found.append((text.splitlines()[-1].split("=")[0], said, validated, [h.split()[0] for h in head]))
            assert found[0] == found[1], "%s: %s" % (options, found)
        results = []
        for env in (environment, None):
            command(
                [sys.executable, "/usr/bin/svm-grid", "-svmtrain", "/usr/bin/svm-train", "-gnuplot", "null", "-log2c",
                 "-1,3,2", "-log2g", "1,-3,-2", "-out", folder + "/results", rows], env=env, cwd=folder)
            results.append(sorted(pathlib.Path(folder + "/results").read_text().splitlines()))
        assert len(results[1]) == 9, "Debian's svm-grid writes %s" % results[1]
        assert results[0] == results[1], "svm-grid: %s" % results
    return None


def python_interfaces(path, library):
    """Debian's python3-libsvm, or PyPI's libsvm-official, whose library is the newer one."""
    script = (
        "y = [1, -1] * 20\nx = [{1: i %% 2 + i / 50, 3: i / 40} for i in range(40)]\n"
        "m = svm_train(y, x, '-c 4 -q')\nl, a, v = svm_predict(y, x, m, '-q')\n"
        "assert len(l) == 40 and svm_train(y, x, '-v 5 -q') >= 0, a\nprint('ran')\n%s")
    if library.version < 330:
        python = "/usr/bin/python3"
        try:
            # On Debian's own library: what fails after this is ours.
            command([python, "-c", "from svmutil import *"])
        except (OSError, subprocess.CalledProcessError):
            return "skipped (python3-libsvm is not installed)"
        environment = dict(os.environ, LD_LIBRARY_PATH=str(pathlib.Path(path).resolve().parent))
        text = command(
            [python, "-c", "from svmutil import *\n" + script % (
                "assert %r in open('/proc/self/maps').read()" % path)], env=environment)
        assert "ran" in text
        return None
    try:
        import libsvm
    except ImportError:
        return "skipped (libsvm-official is not installed)"
    with tempfile.TemporaryDirectory() as folder:
        # Without its own library the package opens libsvm.so.4 two folders above.
        package = pathlib.Path(folder) / "python" / "libsvm"
        package.mkdir(parents=True)
        for file in pathlib.Path(libsvm.__file__).parent.glob("*.py"):
            (package / file.name).write_text(file.read_text())
        for file in pathlib.Path(path).parent.glob("*.so*"):
            (pathlib.Path(folder) / file.name).symlink_to(file)
        environment = dict(os.environ, PYTHONPATH=str(package.parent))
        text = command(
            [sys.executable, "-c", "from libsvm.svmutil import *\n" + script % (
                "assert %r in open('/proc/self/maps').read()" % path)], env=environment)
        assert "ran" in text
    return None


def memory(path, library):
    """A small C program under valgrind: no invalid access, no use of uninitialised numbers, no lost memory."""
    if not shutil.which("valgrind") or not shutil.which("cc"):
        return "skipped (valgrind or cc is not installed)"
    here = pathlib.Path(__file__).resolve().parent
    with tempfile.TemporaryDirectory() as folder:
        program = folder + "/guest"
        subprocess.run(
            ["cc", "-O1", "-g", "-DLIBSVM_VERSION=%d" % library.version, "-I", here.parent.parent / "Sources/CLIBSVM",
             here / "guest.c", "-o", program, path], check=True)
        # Problems of more than 400 examples are solved in single precision, and may use several threads; pairs of the
        # three classes have two thirds of the rows.
        for rows, threads in ((60, 1), (630, 2)):
            environment = dict(
                os.environ, LD_LIBRARY_PATH=str(pathlib.Path(path).parent), OMP_NUM_THREADS=str(threads),
                SWIFT_BACKTRACE="enable=no")
            run = subprocess.run(
                ["valgrind", "--quiet", "--error-exitcode=99", "--leak-check=full",
                 "--errors-for-leak-kinds=definite", "--show-leak-kinds=definite", program, folder + "/model",
                 str(rows)], env=environment, capture_output=True, text=True)
            assert run.returncode == 0, "%d rows: status %d: %s" % (rows, run.returncode, run.stderr[:3000])
    return None


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("library")
    parser.add_argument("--cycles", type=int, default=10000, help="trainings that must not grow (make check-libsvm: 100000)")
    arguments = parser.parse_args()
    path = str(pathlib.Path(arguments.library).resolve())
    library = svm.Library(path)
    failed = 0
    for check in (
            exports, state_of_process, faults, foreign_models, fork, threads, programs, python_interfaces,
            memory, lambda path, library: growth(path, library, arguments.cycles)):
        name = check.__name__.replace("_", " ").replace("<lambda>", "growth")
        try:
            print("%-20s %s" % (name, check(path, library) or "right"), flush=True)
        except (AssertionError, subprocess.CalledProcessError) as error:
            failed += 1
            said = (getattr(error, "stderr", None) or "").strip()
            print("%-20s FAULT: %s" % (name, "\n".join([str(error), *said.splitlines()[-5:]])), flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
