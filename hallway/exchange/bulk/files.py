"""Files of exports at rest: AES-256-GCM, a key for each export, sealed under the deployment's key.

A file is a row of segments; each is a nonce and what AES-GCM made of one chart's lines, bound to its export, file and
place, so that none can be moved or taken for another. Segments can be left out at reading without touching the rest.
"""

import hashlib
import os
import shutil
from collections.abc import Iterable
from pathlib import Path
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

from hallway import ids
from hallway.errors import HallwayError, Kind
from hallway.ids import is_ours
from hallway.storage import home

NONCE = 12
KEY = 32


def _own(export_id: UUID) -> AESGCM:
    """The box in which the key of an export is kept: made from the deployment's key, another for each export."""
    whole = b"bulk:" + export_id.bytes + settings.SECRET_KEY.encode()
    return AESGCM(hashlib.sha256(whole).digest())


def new_key(export_id: UUID) -> bytes:
    """A fresh key for an export, sealed."""
    nonce = ids.random_bytes(NONCE)
    return nonce + _own(export_id).encrypt(nonce, ids.random_bytes(KEY), None)


def opened(export_id: UUID, sealed: bytes) -> AESGCM:
    """The box of an export's files. Raises GONE when the deployment's key is another by now."""
    try:
        return AESGCM(_own(export_id).decrypt(sealed[:NONCE], sealed[NONCE:], None))
    except (InvalidTag, ValueError) as error:
        raise lost() from error


def lost() -> HallwayError:
    """The files cannot be read any more."""
    return HallwayError(
        Kind.GONE,
        "H-BLK-010",
        what="The files of this export cannot be read any more.",
        undone="Nothing was given out.",
        to_do="Ask for the export again.",
    )


def root() -> Path:
    """The folder of all exports; it may not exist yet."""
    return home.home() / "exports"


def folder(export_id: UUID) -> Path:
    """The folder of one export, readable by its owner alone; made where it is missing."""
    made = home.ensure(home.home()) / "exports" / str(export_id)
    made.mkdir(mode=0o700, parents=True, exist_ok=True)
    return made


def path(export_id: UUID, kind: str, file: int) -> Path:
    """Where one file lies."""
    return folder(export_id) / f"{kind}-{file}.sealed"


def _bound(export_id: UUID, kind: str, file: int, place: int) -> bytes:
    return f"{export_id}/{kind}/{file}/{place}".encode()


def append(box: AESGCM, export_id: UUID, where: tuple[str, int, int], content: bytes) -> int:
    """Seal ``content`` at ``where`` (type, file, place); bytes written. The caller syncs before it commits the row."""
    kind, file, place = where
    nonce = ids.random_bytes(NONCE)
    sealed = nonce + box.encrypt(nonce, content, _bound(export_id, kind, file, place))
    with path(export_id, kind, file).open("ab") as stream:
        if stream.tell() != place:
            stream.truncate(place)
            stream.seek(place)
        stream.write(sealed)
    return len(sealed)


def sync(paths: Iterable[Path]) -> None:
    """Wait until these files are on the disk."""
    for one in paths:
        handle = os.open(one, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def read(box: AESGCM, export_id: UUID, where: tuple[str, int, int], size: int) -> bytes:
    """The content of one segment. Raises GONE when it is not there whole."""
    kind, file, place = where
    try:
        with path(export_id, kind, file).open("rb") as stream:
            stream.seek(place)
            sealed = stream.read(size)
        return box.decrypt(sealed[:NONCE], sealed[NONCE:], _bound(export_id, kind, file, place))
    except (OSError, InvalidTag, ValueError) as error:
        raise lost() from error


def remove(export_id: UUID) -> None:
    """Take away every file of an export. Safe to call twice."""
    shutil.rmtree(root() / str(export_id), ignore_errors=True)


def kept() -> list[UUID]:
    """The exports that have a folder."""
    try:
        found = [one.name for one in root().iterdir()]
    except OSError:
        return []
    return [UUID(name) for name in found if is_ours(name)]
