"""Reads what a resource says: every text and code of it, narrative, contained resources and attachments. Pure.

It reads the stored text, not the tree: no element is forgotten because nobody thought of it. Each code is looked up in
every system that the text names at all, so a doubt goes to the strict side. Names of people, ids, references, dates and
encoded data are passed over; the display of a reference is read, for "Referral to methadone clinic" tells as much as a
diagnosis does.
"""

import base64
import binascii
import re
import unicodedata
from functools import lru_cache
from html import unescape
from typing import NamedTuple, cast

import msgspec

from hallway.labels import table
from hallway.labels.table import NOTHING, Found, both, together
from hallway.record.classes import DataClass

Json = dict[str, object]

# The literal stands first: a pattern that begins with a look behind is tried at every letter.
_VALUES = re.compile(
    rb'":"(?<!"reference":")(?<!"data":")(?<!"hash":")(?<!"family":")'
    rb'(?!urn:uuid:[^ "]*"|[0-9]{4}-[0-9]{2}[^ "]*")([^"\\]*(?:\\.[^"\\]*)*)"'
)
_TEXT = rb'"([^"\\]*(?:\\.[^"\\]*)*)"'
# Names and street lines stand in lists too, and are passed over as names are.
_LISTS = re.compile(rb'"(?!given"|prefix"|suffix"|line")\w+":\[(' + _TEXT + rb"(?:," + _TEXT + rb")*)\]")
_LISTED = re.compile(_TEXT)
_TAG = re.compile(r"<[^>]*>")
_UNSEEN = re.compile(r"[\u00ad\u200b-\u200f\u2060\ufeff]")
_CHARSET = re.compile(r"charset=\"?([\w-]+)", re.IGNORECASE)
_SHUT = int(DataClass.UNCLASSIFIED)
SHORT = 300
"""Characters up to which what a text means is remembered: displays come back a thousand times, notes do not."""
WHOLE = 4096
"""Bytes of a resource up to which what all its texts together mean is remembered."""
_READABLE = ("text/", "application/xml", "application/hl7-", "application/xhtml+xml", "application/json")


class Meaning(NamedTuple):
    """What one text of a resource stands for: as words, and as a code of each system that Hallway knows."""

    words: Found
    icd: Found
    loinc: Found
    drug: Found
    procedure: Found


def plain(text: str) -> str:
    """Text as words are looked for: without markup and invisible characters, in small letters without accents."""
    if "<" in text:
        text = _TAG.sub("", text)
    if "&" in text:
        text = unescape(text)
    if not text.isascii():
        text = unicodedata.normalize("NFKD", _UNSEEN.sub("", text).casefold())
        text = "".join(one for one in text if not unicodedata.combining(one))
    return text.lower().replace("_", " ")


def of_text(text: str) -> Found:
    """Classes that the words of a text point at."""
    return table.of_text(plain(text))


def _meaning(value: bytes) -> Meaning | None:
    """What a JSON string stands for; None for nothing."""
    text = str(msgspec.json.decode(b'"' + value + b'"')) if b"\\" in value else value.decode()
    words, code = of_text(text), text if len(text) <= table.LONGEST_CODE else ""
    link = code.rsplit("/", 1)[-1]  # a questionnaire's link id is its question's code behind a stroke: "/44260-8"
    found = Meaning(words, table.of_icd(code), table.of_loinc(link), table.of_drug(code), table.of_procedure(code))
    return found if any(one.mask for one in found) else None


_remembered = lru_cache(maxsize=65536)(_meaning)


def of_content(body: bytes) -> Found:
    """Classes of every text and code of a resource."""
    values = tuple(_VALUES.findall(body))
    if b'["' in body:
        values += tuple(text for found in _LISTS.finditer(body) for text in _LISTED.findall(found[1]))
    return _of_short(values) if len(body) < WHOLE else _of_values(values)


def _of_values(values: tuple[bytes, ...]) -> Found:
    """The words, and the codes of those systems that stand among the values."""
    meant = [
        meaning
        for value in values
        if (meaning := _remembered(value) if len(value) < SHORT else _meaning(value)) is not None
    ]
    if not meant:
        return NOTHING
    systems = b" ".join(value for value in values if b"/" in value or b"oid:" in value or b"." in value).lower()
    found = together(meaning.words for meaning in meant)
    if b"icd-10" in systems or b"113883.6.90" in systems:
        found = both(found, together(meaning.icd for meaning in meant))
    if b"loinc.org" in systems or b"113883.6.1" in systems:
        found = both(found, together(meaning.loinc for meaning in meant))
    if b"rxnorm" in systems or b"113883.6.88" in systems:
        found = both(found, together(meaning.drug for meaning in meant))
    if b"ama-assn.org" in systems or b"hcpcs" in systems or b"113883.6.12" in systems:
        found = both(found, together(meaning.procedure for meaning in meant))
    return found


# Two weights of one person differ in a number and a day, and so say the same here.
_of_short = lru_cache(maxsize=16384)(_of_values)


# Codes without words -------------------------------------------------------------------------------------------------

_CODED = frozenset({"code", "medicationCodeableConcept", "vaccineCode", "type"})
_KNOWN_SYSTEMS = re.compile(
    r"icd-10|loinc\.org|rxnorm|ama-assn\.org|hcpcs|hl7\.org|sid/cvx|nucc\.org"
    r"|2\.16\.840\.1\.113883\.6\.(?:90|1|88|12|14|59|285|101)\b|2\.16\.840\.1\.113883\.5\.",
    re.IGNORECASE,
)


def of_bare_codes(resource: Json) -> Found:
    """A fact that is told by codes alone, in systems that Hallway has no list of: nobody can judge it."""
    for name in _CODED & resource.keys():
        concept = resource[name]
        if type(concept) is dict and _is_unreadable(cast("Json", concept)):
            return Found(_SHUT, ("LBL-CODE-UNREADABLE",))
    return NOTHING


def _is_unreadable(concept: Json) -> bool:
    codings = concept.get("coding")
    if concept.get("text") or type(codings) is not list or not codings:
        return False
    return not any(
        type(coding) is dict
        and (cast("Json", coding).get("display") or _KNOWN_SYSTEMS.search(str(cast("Json", coding).get("system", ""))))
        for coding in cast("list[object]", codings)
    )


# Attachments ---------------------------------------------------------------------------------------------------------


_HOLDERS = frozenset({"presentedForm", "content", "payload", "contained", "data"})


def of_attachments(resource: Json) -> Found:
    """Classes that the words of readable attachments point at; one that cannot be read cannot be judged."""
    if _HOLDERS.isdisjoint(resource):
        return NOTHING
    return together(_of_attachment(one) for one in attachments(resource))


def of_readable_attachments(resource: Json) -> Found:
    """The same where the author vouches for the kind: a scan or a PDF does not shut it."""
    return together(_of_attachment(one) for one in attachments(resource) if is_readable(one) and one.get("data"))


def attachments(resource: Json) -> list[Json]:
    """Every attachment, of contained resources too."""
    found = [*_listed(resource.get("presentedForm"))]
    for content in _listed(resource.get("content")):
        found += _listed([content.get("attachment")])
    for payload in _listed(resource.get("payload")):
        found += _listed([payload.get("contentAttachment")])
    if resource.get("resourceType") == "Media":
        found += _listed([resource.get("content")])
    if resource.get("resourceType") == "Binary":
        found.append(resource)
    for contained in _listed(resource.get("contained")):
        found += attachments(contained)
    return [one for one in found if one.get("data") or one.get("url")]


def _listed(value: object) -> list[Json]:
    return (
        [cast("Json", one) for one in cast("list[object]", value) if type(one) is dict] if type(value) is list else []
    )


def is_readable(attachment: Json) -> bool:
    """Whether the content type is one whose words can be read."""
    return str(attachment.get("contentType", "")).lower().startswith(_READABLE)


def _of_attachment(attachment: Json) -> Found:
    if not attachment.get("data"):
        # Content of ours stands in a resource of its own, with a label of its own that the naming one takes.
        ours = str(attachment.get("url", "")).startswith("Binary/")
        return NOTHING if ours else Found(_SHUT, ("LBL-ATTACHMENT-ELSEWHERE",))
    text = _decoded(attachment) if is_readable(attachment) else None
    if text is None:
        return Found(_SHUT, ("LBL-ATTACHMENT-UNREADABLE",))
    return of_text(text)


def words_in(attachment: Json) -> str:
    """The words of an attachment that can be read, without markup; empty for any other."""
    text = _decoded(attachment) if is_readable(attachment) and attachment.get("data") else None
    return unescape(_TAG.sub(" ", text)) if text else ""


def bytes_of(attachment: Json) -> bytes:
    """The bytes of an attachment; empty when it holds none or they are not what they say they are."""
    try:
        return base64.b64decode(str(attachment.get("data") or ""), validate=False)
    except (binascii.Error, ValueError):
        return b""


def _decoded(attachment: Json) -> str | None:
    """The text of an attachment in its own charset; None when it cannot be read."""
    charset = _CHARSET.search(str(attachment.get("contentType", "")))
    raw = bytes_of(attachment)
    try:
        return raw.decode(charset[1] if charset else "utf-8", "replace") if raw else None
    except LookupError:
        return None
