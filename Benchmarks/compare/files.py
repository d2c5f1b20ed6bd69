"""The prepared files of a data set, made in a child process when they are missing or out of date."""

import json
import os
import sys


def paths(definition, work):
    stem = os.path.join(work, definition.name)
    return {"text": stem + ".svm", "predicted": stem + "-predict.svm", "arrays": stem + ".npz", "json": stem + ".json"}


def missing(definition, data_folder):
    """The names of the files of a set that are neither in the folder nor packed there."""
    if definition.synthetic:
        return []
    names = [definition.source] + ([definition.test] if definition.test else [])
    return [
        name for name in names
        if not any(os.path.exists(os.path.join(data_folder or "", name + end)) for end in ("", ".xz"))]


def prepared(definition, data_folder, work, machine):
    """Paths and facts of the prepared files. Raises `RuntimeError` when they cannot be made."""
    found = paths(definition, work)
    made = _facts(found["json"])
    if made is None or made["made"] != definition.made_from():
        command = [sys.executable, "-m", "compare.prepare", definition.name, data_folder or "", work]
        ended = machine.run(command, timeout=3600)
        if ended.code != 0:
            raise RuntimeError(f"{definition.name} cannot be prepared: {ended.last_words}")
        made = _facts(found["json"])
    return found | made


def _facts(path):
    if not os.path.exists(path):
        return None
    with open(path) as file:
        return json.load(file)
