"""Every function that makes bytes to be carried away is in the registry, with the exits that the proof asks it by."""

import ast
from pathlib import Path

import hallway
from hallway.app.prove import proof
from hallway.app.prove.exporters import EXPORTERS, OPERATOR

ROOT = Path(hallway.__file__).parent
SPARED = ("app/prove", "app/bench", "app/demo")


def is_export(call):
    """A call that makes a file or an answer of another kind than a page."""
    name = ast.unparse(call.func)
    if name in {"typst.compile", "pdf.printed", "csv.writer", "FileResponse", "StreamingHttpResponse", "tarfile.open"}:
        return True
    if name == "HttpResponse":
        return any(word.arg == "content_type" for word in call.keywords)
    if name.endswith((".write_bytes", ".write_text", ".copy_to")):
        return True
    return name in {"open", "gzip.open"} or (
        name.endswith(".open") and any(isinstance(a, ast.Constant) and str(a.value)[:1] in "wax" for a in call.args)
    )


def exporters():
    found = set()
    for path in sorted(ROOT.rglob("*.py")):
        where = path.relative_to(ROOT).as_posix()
        if "/tests/" in where or "/migrations/" in where or where.startswith(SPARED):
            continue
        tree = ast.parse(path.read_text())
        for function in ast.walk(tree):
            if isinstance(function, ast.FunctionDef) and any(
                isinstance(node, ast.Call) and is_export(node) for node in ast.walk(function)
            ):
                found.add(f"{where.removesuffix('.py').replace('/', '.')}.{function.name}")
    return found


def test_every_exporter_is_registered_and_every_registered_one_is_there():
    assert exporters() == set(EXPORTERS)


def test_every_exporter_is_asked_by_the_proof_or_is_the_operators():
    names = {one.name for one in proof.all_exits()}
    for exporter, exits in EXPORTERS.items():
        assert exits, exporter
        assert set(exits) <= names | {OPERATOR}, exporter
