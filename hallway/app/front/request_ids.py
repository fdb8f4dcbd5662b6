"""One id for each request: the caller's own where it is well formed, else drawn here. It goes back in ``X-Request-Id``
and stands in every log line of the request.

A caller's id is taken only as hexadecimal digits and dashes: a word, a name or a record number with letters would
otherwise stand in our log.
"""

import re

from hallway import ids

HEADER = "X-Request-Id"
KEY = "HTTP_X_REQUEST_ID"
_WELL_FORMED = re.compile(r"(?=[0-9a-fA-F-]{16,64}\Z)[0-9a-fA-F]+(?:-[0-9a-fA-F]+)*\Z")


def of(sent: str) -> str:
    """The id of a request that came with ``sent`` in its header, empty for none."""
    if sent and _WELL_FORMED.match(sent):
        return sent
    return ids.random_bytes(16).hex()
