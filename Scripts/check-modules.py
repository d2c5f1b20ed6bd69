#!/usr/bin/env python3
"""Compares what the modules import with what Package.swift says, and with the order of the modules.

usage: Scripts/check-modules.py

A target may import what it declares, and declares what it imports; a target stands in Package.swift behind
everything that it depends on, so that the manifest reads from the ground up. Prints a line for each place where
this is not so.
"""

import json
import os
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
IMPORT = re.compile(
    r"^\s*(?:@\w+(?:\([^)]*\))?\s+)*(?:public |package |internal |private |fileprivate )?"
    r"import\s+(?:(?:struct|class|enum|protocol|func|var|let|typealias)\s+)?(\w+)", re.MULTILINE)
# Modules of the toolchain and the system.
SYSTEM = {"Builtin", "Darwin", "Dispatch", "Foundation", "FoundationEssentials", "FoundationXML", "Glibc", "Musl",
          "Swift", "Synchronization", "Testing", "XCTest", "RegexBuilder", "os"}


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


def main():
    kinds = ("regular", "executable", "test", "system")
    targets = [target for target in manifest()["targets"] if target["type"] in kinds]
    places = {target["name"].replace("-", "_"): index for index, target in enumerate(targets)}
    problems = []
    for index, target in enumerate(targets):
        name = target["name"]
        declared = dependencies(target)
        for other in declared:
            if places.get(other, -1) > index and target["type"] != "test":
                problems.append("Package.swift: %s stands before %s, on which it depends" % (name, other))
        found = imports(folder(target))
        if not found and not any(folder(target).rglob("*.swift")):
            continue  # of C
        for module, place in found.items():
            if module not in SYSTEM and module != name and module not in declared:
                problems.append("%s: %s imports %s without declaring it" % (place, name, module))
        for module in declared:
            if module not in found and target["type"] == "regular":
                problems.append("Package.swift: %s declares %s and does not import it" % (name, module))
    print("\n".join(problems), end="\n" if problems else "")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
