"""What we vendored is what its manifest says, byte for byte."""

import hashlib
import json
from pathlib import Path


def check(root: Path) -> list[str]:
    """One line for every file that differs, is missing, or is not in the manifest."""
    folder = root / "hallway" / "web" / "static" / "vendor"
    manifest = folder / "MANIFEST.json"
    if not manifest.is_file():
        return [f"{manifest.relative_to(root)}: missing"] if folder.is_dir() else []
    listed: dict[str, str] = {entry["path"]: entry["sha256"] for entry in json.loads(manifest.read_text())["files"]}
    present = {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path != manifest
    }
    return [
        f"{folder.relative_to(root)}/{name}: differs from the manifest"
        for name in sorted(listed.keys() | present.keys())
        if listed.get(name) != present.get(name)
    ]
