"""Operations as the page shows them: one panel each, prefilled with its first example. No queries."""

from collections.abc import Iterable
from dataclasses import dataclass

import msgspec

from hallway.identity.login import Login
from hallway.standards.openapi import FORM, Operation, Parameter, Shows
from hallway.web.context import ROLE_LABELS

SAME = "What is withheld from you is answered like what does not exist."
NEEDS = {
    Shows.NOTHING: "Open to anybody.",
    Shows.CREDENTIAL: "Needs the credential of a registered client.",
    Shows.TOKEN: "Needs an access token.",
    Shows.SECRET: "Needs a client's id and secret.",
    Shows.OPERATOR: "Needs the operator's token.",
}
TRIED = ("GET", "POST")


@dataclass(frozen=True, slots=True)
class Field:
    """One parameter as a field, with what stands in it at first."""

    parameter: Parameter
    value: str


@dataclass(frozen=True, slots=True)
class Panel:
    """One operation. ``body`` is its first example; ``may_be_tried`` says whether a button sends it from the page."""

    operation: Operation
    needs: str
    fields: tuple[Field, ...]
    body: str
    may_be_tried: bool
    wants_credential: bool
    takes: str
    """The content type of what is sent; empty where nothing is."""


def groups(operations: Iterable[Operation], *, demo: bool) -> list[tuple[str, list[Panel]]]:
    """Panels by group, in the order of the document."""
    ordered = [(one.group, _panel(one, demo=demo)) for one in operations]
    names = dict.fromkeys(name for name, _ in ordered)
    return [(name, [panel for group, panel in ordered if group == name]) for name in names]


def _panel(one: Operation, *, demo: bool) -> Panel:
    example = one.examples[0] if one.examples else None
    values = example.values if example else {}
    fields = tuple(Field(each, values.get(each.name, each.example)) for each in one.parameters)
    wants = one.shows is Shows.CREDENTIAL
    tried = one.method in TRIED and (one.shows is Shows.NOTHING or (demo and wants))
    return Panel(
        one,
        NEEDS[one.shows],
        fields,
        _written(one, example.sent if example else None),
        tried,
        wants and demo,
        "" if one.takes is None else one.takes_kind,
    )


def _written(one: Operation, sent: object) -> str:
    """The example's body as a person would type it."""
    if one.takes is None or sent is None:
        return ""
    if one.takes_kind == FORM and isinstance(sent, dict):
        return "&".join(f"{name}={value}" for name, value in sent.items())
    return msgspec.json.format(msgspec.json.encode(sent), indent=2).decode()


def seen_by(login: Login | None, *, demo: bool) -> str:
    """What the requests of this page may see, in a sentence or two."""
    if login is not None and login.requester is not None:
        role = ROLE_LABELS[login.requester.role]
        who = (
            f"You ask FHIR as {login.name}, {role} at {login.organization_name}: you get what your own pages show you."
        )
        return f"{who} {SAME}"
    if demo:
        return "Nobody is signed in. Sign in with one click to ask FHIR as one of the demo's people."
    return (
        "Nobody is signed in. You can read what there is; to ask FHIR, sign in: you then get what your pages show you."
    )
