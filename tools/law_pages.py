"""The rows of disclosure, forms, duties, control and blocking as text for a privacy officer, grouped by situation."""

from collections.abc import Iterable

from hallway.consent.law.asking import Aim
from hallway.consent.tables import blocking, disclosures, duties, elements
from hallway.consent.tables.disclosures import Row, Topic, plain
from hallway.record.classes import DataClass

ANSWERS = {
    "permit": "It may go",
    "filtered": "It may go, no more than is needed",
    "notice": "It may go, with its notice",
    "needs": "It needs something first",
    "deny": "It stays",
}
SITUATIONS: tuple[tuple[str, tuple[Aim, ...]], ...] = (
    ("Treatment", (Aim.TREAT, Aim.CONSULT, Aim.EMERG)),
    ("Payment and operations", (Aim.PAY, Aim.OPS, Aim.TRAINING, Aim.DEFENSE)),
    ("The patient, and who acts for the patient", (Aim.INDIVIDUAL,)),
    ("Family and friends", (Aim.FAMILY,)),
    ("Danger, abuse, police", (Aim.THREAT, Aim.ABUSE_REPORT, Aim.POLICE)),
    ("Courts and subpoenas", (Aim.LEGAL,)),
    ("Those who work for the practice", (Aim.BA, Aim.QSO)),
    ("Authorities, public health, research", (Aim.HHS, Aim.OVERSIGHT, Aim.AUDIT, Aim.PH, Aim.FDA, Aim.RESEARCH)),
    ("Marketing and sale", (Aim.MARKETING, Aim.SALE)),
)
ELSE = "Everything else"
AIMS = {
    Aim.TREAT: "treatment",
    Aim.PAY: "payment",
    Aim.OPS: "operations",
    Aim.EMERG: "emergency",
    Aim.INDIVIDUAL: "the patient's own access",
    Aim.FAMILY: "family or friends",
    Aim.THREAT: "a threat",
    Aim.LEGAL: "a court or proceeding",
    Aim.POLICE: "police",
    Aim.PH: "public health",
    Aim.OVERSIGHT: "oversight",
    Aim.HHS: "the Secretary",
    Aim.RESEARCH: "research",
    Aim.AUDIT: "audit",
    Aim.QSO: "a service organization",
    Aim.BA: "a business associate",
    Aim.CORONER: "the coroner",
    Aim.REQUIRED_BY_LAW: "what a law requires",
    Aim.ABUSE_REPORT: "a report of abuse",
    Aim.TRAINING: "training",
    Aim.DEFENSE: "the practice's own defense",
    Aim.CONSULT: "advice from a colleague",
    Aim.ORGAN: "organ gifts",
    Aim.GOVERNMENT: "government functions",
    Aim.WORKERS_COMP: "workers' compensation",
    Aim.MARKETING: "marketing",
    Aim.SALE: "sale",
    Aim.REGISTRY: "a registry against double enrollment",
    Aim.PDMP: "prescription monitoring",
    Aim.CRIMINAL_JUSTICE: "criminal justice referral",
    Aim.FDA: "product safety",
    Aim.PRESENCE: "whether somebody is a patient",
    Aim.OTHER: "anything else",
}
CLASS_WORDS = {name: name.replace("_", " ").lower() for name in DataClass.__members__} | {
    "MH": "mental health",
    "PSYTHER_NOTE": "psychotherapy notes",
    "PART2": "substance use (Part 2)",
    "SUD_COUNSEL_NOTE": "substance use counseling notes",
    "HIV": "HIV",
    "REPRO": "reproductive care",
    "GENDER": "gender-affirming care",
    "DV": "domestic violence",
}


def standing(row: Row | elements.Element | duties.Duty | duties.Control) -> str:
    """Law, since when, checked or not: the end of every entry."""
    until = getattr(row, "until_on", None)
    when = f"{row.from_on} to {until}" if until else f"since {row.from_on}"
    checked = "verified" if row.verified else "**not verified**"
    counsel = ", for counsel" if row.legal_review else ""
    return f"*{row.citation}*; {when}; {checked}{counsel}; `{row.id}`"


def _list(words: Iterable[str], joint: str = ", ") -> str:
    return joint.join(words)


def entry(row: Row) -> str:
    """One row as an entry of a list."""
    parts = [f"{ANSWERS[row.outcome]}."]
    if row.needs:
        parts.append(f"Needed: {_list((plain('need', word) for word in row.needs), ', or ')}.")
    if row.aims:
        parts.append(f"For {_list(AIMS[aim] for aim in row.aims)}.")
    if row.recipients:
        parts.append(f"To {_list(kind.value.replace('_', ' ') for kind in row.recipients)}.")
    if row.classes:
        parts.append(f"Of {_list(CLASS_WORDS[name] for name in row.classes)}.")
    if row.when:
        parts.append(f"When {_list((plain('fact', word) for word in row.when), '; ')}.")
    if row.obligations:
        parts.append(f"Then: {_list((plain('obligation', word) for word in row.obligations), '; ')}.")
    if row.on_denial:
        parts.append(f"Otherwise: {_list((plain('obligation', word) for word in row.on_denial), '; ')}.")
    return f"- **{row.sentence}** {' '.join(parts)} {standing(row)}\n"


def _situation(row: Row) -> str:
    first = row.aims[0] if row.aims else None
    return next((title for title, aims in SITUATIONS if first in aims), ELSE)


def _by_situation(rows: tuple[Row, ...]) -> str:
    parts: list[str] = []
    for title in (*(title for title, _ in SITUATIONS), ELSE):
        found = [entry(row) for row in rows if _situation(row) == title]
        parts += [f"\n#### {title}\n\n", *found] if found else []
    return "".join(parts)


def _section(topic: Topic, rows: tuple[Row, ...]) -> str:
    body = _by_situation(rows) if topic.id in ("hipaa", "part2") else "\n" + "".join(entry(row) for row in rows)
    return f"\n### {topic.title}\n{body}"


def disclosure_sections() -> str:
    """Every topic with its rows, in the order in which the engine asks; the most specific row first."""
    return "".join(_section(topic, rows) for topic, rows in disclosures.book().topics)


def element_section() -> str:
    """What makes a form valid."""
    names = disclosures.words()["form"]
    parts = [
        "\n## What makes a form valid\n\nA form that misses one of these counts as absent; the missing one is named.\n"
    ]
    for kind, title in names.items():
        parts.append(f"\n### {title[0].upper()}{title[1:]}\n\n")
        for row in elements.elements().values():
            if kind in row.kinds:
                where = f" In {_list(row.states)}." if row.states else ""
                held = [elements.circumstances()[word] for word in row.when]
                when = f" When {_list(held, '; ')}." if held else ""
                parts.append(f"- **{row.words}**{where}{when} {standing(row)}\n")
    return "".join(parts)


def owed_section() -> str:
    """What is owed around a release, and who controls."""
    parts = ["\n## What is owed, and when\n\n"]
    for row in duties.duties().values():
        terms = {
            "days": row.days,
            "more days once": row.extra_days,
            "business days": row.business_days,
            "years": row.years,
        }
        said = _list(f"{count} {unit}" for unit, count in terms.items() if count)
        where = f" In {row.state}." if row.state else ""
        parts.append(f"- **{row.sentence}**{where}{f' ({said})' if said else ''} {standing(row)}\n")
    parts.append("\n## Who controls a record\n\n")
    for row in duties.controls().values():
        where = f" In {row.state}." if row.state else ""
        when = f" When {_list((plain('fact', word) for word in row.when), '; ')}." if row.when else ""
        parts.append(f"- **{row.sentence}**{where}{when} {standing(row)}\n")
    return "".join(parts)


def blocking_section() -> str:
    """Why a denial is no information blocking."""
    parts = [
        "\n## Why a denial is no information blocking\n\nEvery denial of electronic health information records one. "
        "Psychotherapy notes and material for a lawsuit are no such information (45 CFR 171.102).\n\n"
    ]
    for row in blocking.grounds().values():
        checked = "verified" if row.verified else "**not verified**"
        counsel = ", for counsel" if row.legal_review else ""
        parts.append(f"- **{row.title}.** {row.criterion} *{row.citation}*; {checked}{counsel}; `{row.id}`\n")
    return "".join(parts)
