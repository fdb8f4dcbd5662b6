"""The ledger as a file that a stranger can check: each head, then the lines sealed under it, one JSON object a line.

``standalone.py`` is all that is needed to check it; it touches no database and nothing else of Hallway.
"""

import json
from typing import IO

from hallway.ledger import queries, resources
from hallway.ledger.chain import FIELDS
from hallway.storage.connection import transaction


def write(file: IO[str]) -> int:
    """Write every sealed line; how many. One snapshot: what is sealed meanwhile is not in it."""
    count = 0
    with transaction():
        for head, lines in queries.sealed():
            file.write(f"{json.dumps(head._asdict(), ensure_ascii=False)}\n")
            for line in lines:
                file.write(f"{json.dumps(dict(zip(FIELDS, line, strict=True)), ensure_ascii=False)}\n")
                count += 1
    return count


def write_fhir(file: IO[str]) -> int:
    """Write every line as a FHIR R4 AuditEvent, NDJSON, oldest first, sealed or not; how many."""
    count = 0
    with transaction():
        for line in queries.every():
            file.write(f"{resources.to_json(line).decode()}\n")
            count += 1
    return count
