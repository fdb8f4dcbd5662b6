"""Puts two tables into the documentation as it is built: every error code a program may meet, and every limit.

Read from the code's own text, so that neither can be forgotten or grow old. A page asks for them with
``<!-- errors -->`` and ``<!-- limits -->``.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
ERRORS_IN = ("hallway/fhirapi", "hallway/exchange", "hallway/app/front", "hallway/web/gateways", "hallway/web/programs")
LIMITS_IN = (
    "hallway/fhirapi/sent.py",
    "hallway/fhirapi/search/limits.py",
    "hallway/fhirapi/writing/limits.py",
    "hallway/exchange/decisions/asked.py",
)
_CODE = re.compile(r"^H-[A-Z]+-\d+$")
_ENDING = re.compile(r"^(?P<what>.+) (?P<to_do>[^.]+\.) \((?P<code>H-[A-Z]+-\d+)\)$")
_LIMIT = re.compile(r"^(MOST|LARGEST|LONGEST|DEEPEST|USUAL|BURST)_|^ATTEMPTS$")


def errors() -> str:
    """A row for each code: status, what happened, what to do."""
    from hallway.errors import HTTP_STATUS

    of_kind = {kind.name: str(status) for kind, status in HTTP_STATUS.items()}
    rows = sorted({*_fixed(), *((code, of_kind[kind], *said) for code, kind, *said in _errors())})
    lines = [f"| {code} | {status} | {what} | {to_do} |" for code, status, what, to_do in rows]
    return "\n".join(["| code | status | what happened | what to do |", "|---|---|---|---|", *lines])


def _errors() -> Iterator[tuple[str, str, str, str]]:
    for path in _files(ERRORS_IN):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and len(node.args) >= 2 and isinstance(node.args[1], ast.Constant):
                code, kind = str(node.args[1].value), node.args[0]
                if _CODE.match(code) and isinstance(kind, ast.Attribute) and kind.attr.isupper():
                    said = {word.arg: _text(word.value) for word in node.keywords}
                    yield code, kind.attr, said.get("what", ""), said.get("to_do", "")


def _fixed() -> Iterator[tuple[str, str, str, str]]:
    """Answers that stand ready as text, with their code at its end."""
    for node in ast.parse((ROOT / "hallway/fhirapi/answers.py").read_text()).body:
        texts = [one.value for one in ast.walk(node) if isinstance(one, ast.Constant) and isinstance(one.value, str)]
        found = [match for text in texts if (match := _ENDING.match(text))]
        numbers = [one.value for one in ast.walk(node) if isinstance(one, ast.Constant) and isinstance(one.value, int)]
        # The text of "not there" stands apart from its status.
        status = next((str(one) for one in numbers if 400 <= one < 600), "404")
        yield from ((match["code"], status, match["what"], match["to_do"]) for match in found)


def _text(node: ast.expr) -> str:
    """A sentence of the code; what it fills in is three dots."""
    if isinstance(node, ast.Constant):
        return str(node.value)
    if isinstance(node, ast.JoinedStr):
        return "".join(_text(part) if isinstance(part, ast.Constant) else "..." for part in node.values)
    return "It says what."


def limits() -> str:
    """A row for each limit: its name, its number, what it counts."""
    rows = [row for path in _files(LIMITS_IN) for row in _limits(path)]
    return "\n".join(["| limit | number | counts |", "|---|---|---|", *rows])


def _limits(path: Path) -> Iterator[str]:
    body = ast.parse(path.read_text()).body
    for node, after in zip(body, [*body[1:], None], strict=True):
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and _LIMIT.match(node.targets[0].id):
            number = eval(compile(ast.Expression(node.value), str(path), "eval"), {})  # noqa: S307 - our own numbers
            told = after.value if isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant) else None
            name = node.targets[0].id
            words = " ".join(str(told.value).split()) if told else name.replace("_", " ").lower().capitalize()
            yield f"| `{name}` | {number:,} | {words.partition('. ')[0].rstrip('.').replace('``', '`')} |"


def _files(places: tuple[str, ...]) -> Iterator[Path]:
    for place in places:
        path = ROOT / place
        found = sorted(path.rglob("*.py")) if path.is_dir() else [path] if path.exists() else []
        yield from (one for one in found if "tests" not in one.parts)


def on_page_markdown(markdown: str, **_: Any) -> str:
    """Called for each page by mkdocs."""
    if "<!-- errors -->" in markdown:
        markdown = markdown.replace("<!-- errors -->", errors())
    if "<!-- limits -->" in markdown:
        markdown = markdown.replace("<!-- limits -->", limits())
    return markdown
