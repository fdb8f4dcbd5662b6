"""What a person said with one step, as typed values: parsed at the page, checked by the step."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """``once`` is the id of what this press writes, so that a press sent twice writes it once.

    ``code`` is the step's choice, ``parts`` the plan's by part, ``answers`` those of ``instrument`` by question,
    ``to_org`` a practice in Hallway that is told, ``recipient`` a row of those outside.
    """

    once: str
    code: str = ""
    words: str = ""
    language: str = "en"
    parts: Mapping[str, str] = field(default_factory=dict[str, str])
    instrument: str = ""
    answers: Mapping[str, str] = field(default_factory=dict[str, str])
    to_org: int = 0
    recipient: str = ""
    has_stated: bool = False
