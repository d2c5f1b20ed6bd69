#!/usr/bin/env python3
"""Checks the order of the modules and what their files may be.

usage: Scripts/check-modules.py

Prints a line for each place where one of these does not hold, and fails then:

- A module depends only on modules before it in ORDER, from the system up to the command.
- A target imports what it declares, and declares what it imports.
- The platform's C library is chosen in Sources/Basics and in C, and nowhere else.
- No Swift or C file in Sources has more than 500 lines, and no folder more than 13 Swift files.
- No function in Sources has more than six parameters.
"""

import json
import os
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent

# From the ground up; Package.swift has a line for each.
ORDER = [
    "COpenBLAS", "CBLASRuntime", "CVectorMath", "CSHA256", "CZlib", "CCrashHandler", "CHeapSettings",
    "CMemoryFailure",
    "CLIBSVM", "CSupportVectors",
    "Basics", "Transport", "LinearAlgebra",
    "Kernels", "SMOSolver", "Distribution", "Learning", "Evaluation", "Calibration",
    "SupportVectors", "LinearModels", "KernelMethods",
    "Tables", "CompressedFiles", "TabularModels", "ModelSelection", "ModelFiles", "ModelExport",
    "Reports", "ModelReports",
    "LIBSVMTraining", "LIBSVMInterface", "LIBSVMPrograms",
    "SVMCommand", "svm", "PythonInterface",
]

LONGEST_FILE = 500
FULLEST_FOLDER = 13
MOST_PARAMETERS = 6
# Functions, by their files, that may have more parameters. Initializers that only collect the properties of their type may, too:
# the type is what such a list would become.
LONG_FUNCTIONS = {
    # The parameters of the BLAS and LAPACK calls that they stand for.
    "BLASScalar.swift": None,
    "LAPACKScalar.swift": None,
    "Matrix+Products.swift": "gemm",
    # An unrolled loop over eight registers.
    "SHA256.swift": "round",
}

IMPORT = re.compile(
    r"^\s*(?:@\w+(?:\([^)]*\))?\s+)*(?:public |package |internal |private |fileprivate )?"
    r"import\s+(?:(?:struct|class|enum|protocol|func|var|let|typealias)\s+)?(\w+)", re.MULTILINE)
# Modules of the toolchain and the system.
PLATFORM = {"Darwin", "Glibc", "Musl"}
SYSTEM = PLATFORM | {
    "Builtin", "Dispatch", "Foundation", "FoundationEssentials", "FoundationXML", "RegexBuilder", "Swift",
    "Synchronization", "Testing", "XCTest", "os"}


def manifest():
    swift = os.environ.get("SWIFT", "swift")
    command = [swift, "package", "--package-path", str(ROOT), "dump-package"]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def dependencies(target):
    found = []
    for dependency in target["dependencies"]:
        for kind in ("byName", "product", "target"):
            if kind in dependency:
                found.append(dependency[kind][0].replace("-", "_"))
    return found


def folder(target):
    if target.get("path"):
        return ROOT / target["path"]
    return ROOT / ("Tests" if target["type"] == "test" else "Sources") / target["name"]


def imports(place):
    """Module names, each with the file and line of its first import."""
    found = {}
    for path in sorted(place.rglob("*.swift")):
        text = path.read_text()
        for match in IMPORT.finditer(text):
            line = text.count("\n", 0, match.start(1)) + 1
            found.setdefault(match.group(1), "%s:%d" % (path.relative_to(ROOT), line))
    return found


def check_order(targets):
    places = {name: index for index, name in enumerate(ORDER)}
    for target in targets:
        name = target["name"]
        if ROOT / "Sources" not in folder(target).parents:
            continue  # tests, examples and measurements stand on top of everything
        if name not in places:
            yield "Package.swift: %s has no place in the order of Scripts/check-modules.py" % name
            continue
        for other in dependencies(target):
            if places.get(other, -1) > places[name]:
                yield "Package.swift: %s depends on %s, which stands above it" % (name, other)


def check_imports(targets):
    for target in targets:
        name = target["name"]
        declared = dependencies(target)
        found = imports(folder(target))
        if not found and not any(folder(target).rglob("*.swift")):
            continue  # of C
        for module, place in found.items():
            if module not in SYSTEM and module != name and module not in declared:
                yield "%s: %s imports %s without declaring it" % (place, name, module)
        for module in declared:
            if module not in found and target["type"] == "regular":
                yield "Package.swift: %s declares %s and does not import it" % (name, module)


def check_platform():
    chosen = re.compile(r"canImport\((?:%s)\)" % "|".join(sorted(PLATFORM)))
    for path in swift_files("Sources", "Tests", "Examples", "Benchmarks", "Fuzz"):
        name = str(path.relative_to(ROOT))
        if name.startswith("Sources/Basics/"):
            continue
        for number, line in enumerate(path.read_text().splitlines(), 1):
            if chosen.search(line):
                yield "%s:%d: the C library is chosen in Sources/Basics alone" % (name, number)


def check_sizes():
    folders = {}
    for path in files_of("Sources", suffixes=[".swift", ".c", ".h", ".inc"]):
        if path.suffix == ".swift":
            folders.setdefault(path.parent, []).append(path)
        name = str(path.relative_to(ROOT))
        count = path.read_text().count("\n")
        if count > LONGEST_FILE:
            yield "%s: %d lines; split it by its ideas, at most %d" % (name, count, LONGEST_FILE)
    for place, files in sorted(folders.items()):
        if len(files) > FULLEST_FOLDER:
            yield "%s: %d Swift files; sort them into folders, at most %d each" % (
                place.relative_to(ROOT), len(files), FULLEST_FOLDER)


def swift_files(*folders):
    return files_of(*folders, suffixes=[".swift"])


def files_of(*folders, suffixes):
    for name in folders:
        for path in sorted((ROOT / name).rglob("*")):
            if path.suffix in suffixes and path.is_file() and not any(
                    part.startswith(".") for part in path.relative_to(ROOT).parts):
                yield path


FUNCTION = re.compile(r"\b(?:func\s+(`?\w+`?|[^\s\w(]+)|(init)[?!]?)\s*(?=[<(])")
NOISE = re.compile(r'//[^\n]*|/\*.*?\*/|"""(?:\\.|.)*?"""|"(?:\\.|[^"\\\n])*"', re.DOTALL)


def parameter_counts(text):
    """The line, name and number of parameters of each function and initializer that is declared."""
    text = NOISE.sub(lambda match: re.sub(r"[^\n]", " ", match.group()), text)
    for operator in ("->", "<<", ">>"):
        text = text.replace(operator, "  ")
    for match in FUNCTION.finditer(text):
        before = text[:match.start()].rstrip()
        if match.group(2) and before.endswith("."):
            continue  # a call
        offset = match.end()
        if text[offset] == "<":
            offset = closing(text, offset)
            while offset < len(text) and text[offset].isspace():
                offset += 1
        if text[offset:offset + 1] != "(":
            continue
        end = closing(text, offset)
        parameters = text[offset + 1:end - 1]
        if match.group(2) and collects(parameters, text[end:]):
            continue
        yield text.count("\n", 0, match.start()) + 1, match.group(1) or "init", count(parameters)


def closing(text, offset):
    """Behind the bracket that closes the one at an offset."""
    depth = 0
    while offset < len(text):
        if text[offset] in "([{<":
            depth += 1
        elif text[offset] in ")]}>":
            depth -= 1
            if depth == 0:
                return offset + 1
        offset += 1
    return offset


def collects(parameters, rest):
    """Whether an initializer gives each of its parameters to the property of that name."""
    start = rest.find("{")
    if start < 0:
        return False
    depth, end = 1, start + 1
    while depth and end < len(rest):
        depth += (rest[end] == "{") - (rest[end] == "}")
        end += 1
    body = rest[start:end]
    names = [part.split(":")[0].split()[-1] for part in separated(parameters) if ":" in part]
    return all(re.search(r"\bself\.%s = %s\b" % (name, name), body) for name in names)


def separated(parameters):
    parts, depth = [""], 0
    for character in parameters:
        depth += (character in "([{<") - (character in ")]}>")
        if character == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += character
    return parts


def count(parameters):
    return len(separated(parameters)) if parameters.strip() else 0


def check_parameters():
    for path in swift_files("Sources"):
        name = str(path.relative_to(ROOT))
        for line, function, parameters in parameter_counts(path.read_text()):
            if parameters > MOST_PARAMETERS and LONG_FUNCTIONS.get(path.name, "") not in (None, function):
                yield "%s:%d: %s has %d parameters; %d are the most" % (
                    name, line, function, parameters, MOST_PARAMETERS)


def main():
    kinds = ("regular", "executable", "test", "system")
    targets = [target for target in manifest()["targets"] if target["type"] in kinds]
    problems = [
        *check_order(targets), *check_imports(targets), *check_platform(), *check_sizes(),
        *check_parameters()]
    print("\n".join(problems), end="\n" if problems else "")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
