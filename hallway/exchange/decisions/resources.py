"""Answers of the decision service as JSON. Pure."""

from hallway.errors import HallwayError, Kind
from hallway.exchange.decisions.actions import Decided, Decision

Json = dict[str, object]
_ISSUE = {
    Kind.INCORRECT: "invalid",
    Kind.UNAUTHENTICATED: "login",
    Kind.NOT_FOUND: "not-found",
    Kind.TOO_LARGE: "too-costly",
    Kind.UNPROCESSABLE: "business-rule",
    Kind.UNAVAILABLE: "transient",
}


def answer(decided: Decided) -> Json:
    """Every decision with its item's id; the order means nothing."""
    return {
        "decidedAt": decided.at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "decisions": [one_decision(one) for one in decided.decisions],
    }


def one_decision(one: Decision) -> Json:
    """Code, verdict, reasons and obligations of one item. Nothing of how the recipient stands to others."""
    verdict = one.verdict
    return {
        "id": one.item_id,
        "decision": one.code,
        "outcome": verdict.outcome.value,
        "sentence": verdict.sentence,
        "ruleIds": list(verdict.rule_ids),
        "citations": list(verdict.citations),
        "needs": list(verdict.needs),
        "forms": list(verdict.forms),
        "defects": list(verdict.defects),
        "obligations": [obligation(text) for text in verdict.obligations],
    }


def obligation(text: str) -> Json:
    """``notice:P2-2024-S1`` as code and value."""
    code, _, value = text.partition(":")
    return {"code": code, "value": value} if value else {"code": code}


def outcome(error: HallwayError) -> Json:
    """An error as an OperationOutcome that names the element, and nothing that was sent."""
    issue: Json = {
        "severity": "error",
        "code": _ISSUE.get(error.kind, "exception"),
        "diagnostics": f"{error.what} {error.undone} {error.to_do} ({error.code})",
    }
    if error.field:
        issue["expression"] = [error.field]
    return {"resourceType": "OperationOutcome", "issue": [issue]}
