"""Paper: tagged PDF/UA-1 from a typst template and the words that it sets."""

import json
from collections.abc import Mapping
from pathlib import Path

import typst

from hallway import clock


def printed(template: Path, words: Mapping[str, object]) -> bytes:
    """The PDF. The template decides nothing: it reads ``words`` as JSON from the input called as its own file is.

    The same words at the same instant give the same bytes on every machine: no font but those that typst carries.
    """
    made = typst.compile(
        str(template),
        root=str(template.parent),
        format="pdf",
        pdf_standards="ua-1",
        timestamp=int(clock.now().timestamp()),
        ignore_system_fonts=True,
        sys_inputs={template.stem: json.dumps(words)},
    )
    assert isinstance(made, bytes)
    return made
