"""The stub has every public name, and every parameter and method of the estimators."""

import ast
import inspect
import pathlib

import supportvectors as sv

STUB = ast.parse((pathlib.Path(sv.__file__).parent / "__init__.pyi").read_text())


def test_the_stub_has_all_names():
    names = {node.name for node in STUB.body if isinstance(node, (ast.ClassDef, ast.FunctionDef))}
    assert names - {"_Estimator"} == set(sv.__all__)


def test_the_stub_has_all_parameters_and_methods():
    base = next(node for node in STUB.body if getattr(node, "name", "") == "_Estimator")
    for node in STUB.body:
        if not isinstance(node, ast.ClassDef) or node.name in ("_Estimator", "SupportVectorsError"):
            continue
        cls = getattr(sv, node.name)
        shared = base.body if any(getattr(parent, "id", "") == "_Estimator" for parent in node.bases) else []
        functions = {f.name: f for f in [*shared, *node.body] if isinstance(f, ast.FunctionDef)}
        arguments = functions["__init__"].args
        found = [argument.arg for argument in [*arguments.args, *arguments.kwonlyargs]]
        assert found == list(inspect.signature(cls.__init__).parameters), node.name
        for name in ("certificate_", "stop_reason_", "save", "load", "to_onnx"):
            assert hasattr(type("", (cls,), {}), name) == (name in functions), f"{node.name}.{name}"
        for name, value in vars(cls).items():
            if callable(value) and not name.startswith("_") and not name.startswith("set_"):
                assert name in functions, f"{node.name}.{name}"
        for name in functions:
            assert inspect.getattr_static(cls, name, None) is not None, f"{node.name}.{name}"
