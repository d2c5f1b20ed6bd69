#!/usr/bin/env python3
"""Prints the public declarations of all library products, one a line, sorted.

usage: Scripts/public-api.py [--build FOLDER] [--check]

Reads the modules that are built in FOLDER (.build-test). Prints them to standard output; --check compares them
with Scripts/public-api.txt instead, and fails with the difference. Left out is what a conformance to a protocol of
the standard library says already: the members of a Codable or Hashable type, whether the compiler adds them or
the sources do, raw values, literals, the description of an error.
"""

import argparse
import difflib
import json
import os
import pathlib
import subprocess
import sys
import tempfile

# Members that a protocol of the standard library asks for.
REQUIREMENTS = {
    "==(_:_:)", "hash(into:)", "encode(to:)", "init(from:)", "description", "rawValue", "init(rawValue:)", "allCases",
    "init(booleanLiteral:)", "init(dictionaryLiteral:)", "init(floatLiteral:)", "init(integerLiteral:)",
    "init(nilLiteral:)", "init(stringLiteral:)"}

ROOT = pathlib.Path(__file__).resolve().parent.parent
RECORD = ROOT / "Scripts" / "public-api.txt"


def modules():
    """The Swift modules that the library products are made of."""
    swift = os.environ.get("SWIFT", "swift")
    command = [swift, "package", "--package-path", str(ROOT), "dump-package"]
    manifest = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    targets = {target["name"]: target for target in manifest["targets"]}
    pending = [
        name for product in manifest["products"] if "library" in product["type"] for name in product["targets"]]
    found = set()
    while pending:
        name = pending.pop()
        if name in found or name not in targets:
            continue
        found.add(name)
        for dependency in targets[name]["dependencies"]:
            for kind in ("byName", "target"):
                if kind in dependency:
                    pending.append(dependency[kind][0])
    return sorted(name for name in found if any((ROOT / "Sources" / name).rglob("*.swift")))


def module_maps(build):
    maps = [*ROOT.glob("Sources/*/module.modulemap"), *build.glob("*.build/module.modulemap")]
    return [word for path in sorted(maps) for word in ("-Xcc", "-fmodule-map-file=%s" % path)]


def declarations(module, build, folder):
    target = json.loads(subprocess.run(
        [os.environ.get("SWIFT", "swift") + "c", "-print-target-info"], check=True, capture_output=True,
        text=True).stdout)["target"]["triple"]
    subprocess.run(
        [os.environ.get("SWIFT", "swift") + "-symbolgraph-extract", "-module-name", module, "-target", target,
         "-I", str(build / "Modules"), "-minimum-access-level", "public", "-skip-synthesized-members",
         "-output-dir", folder, *module_maps(build)], check=True)
    for path in pathlib.Path(folder).glob("%s[.@]*symbols.json" % module):
        for symbol in json.loads(path.read_text())["symbols"]:
            # What the compiler derives stands nowhere in the sources.
            if "location" not in symbol or symbol["pathComponents"][-1] in REQUIREMENTS:
                continue
            text = "".join(fragment["spelling"] for fragment in symbol["declarationFragments"])
            yield " ".join([module, ".".join(["", *symbol["pathComponents"][:-1]])[1:] + ":" if
                            len(symbol["pathComponents"]) > 1 else ":", *text.split()]).replace(" :", ":")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", default=".build-test", help="where the package was built (.build-test)")
    parser.add_argument("--check", action="store_true", help="compare with Scripts/public-api.txt")
    arguments = parser.parse_args()
    build = (ROOT / arguments.build / "release").resolve()
    if not (build / "Modules").is_dir():
        sys.exit("public-api: nothing is built in %s; `make test` builds it" % arguments.build)
    with tempfile.TemporaryDirectory() as folder:
        lines = sorted({line for module in modules() for line in declarations(module, build, folder)})
    if not arguments.check:
        print("\n".join(lines))
        return 0
    recorded = RECORD.read_text().splitlines()
    if recorded == lines:
        print("%d public declarations, as recorded" % len(lines))
        return 0
    print("\n".join(difflib.unified_diff(recorded, lines, str(RECORD.relative_to(ROOT)), "the sources", "", "", 0, "")))
    print("public-api: the public declarations have changed; `make public-api` records them")
    return 1


if __name__ == "__main__":
    sys.exit(main())
