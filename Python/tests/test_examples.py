"""The notebook prints what it shows."""

import contextlib
import io
import json
import pathlib

NOTEBOOK = pathlib.Path(__file__).resolve().parents[2] / "Examples/python/certificates.ipynb"


def test_the_notebook_prints_what_it_shows():
    names = {}
    for cell in json.loads(NOTEBOOK.read_text())["cells"]:
        if cell["cell_type"] != "code":
            continue
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            exec("".join(cell["source"]), names)
        shown = "".join(line for output in cell["outputs"] for line in output["text"])
        # Figures differ with the processor in their last digits.
        assert len(printed.getvalue().splitlines()) == len(shown.splitlines())
        for line, expected in zip(printed.getvalue().splitlines(), shown.splitlines()):
            assert line.split(" ")[0] == expected.split(" ")[0]
