"""Copy the front-end parts that Hallway ships out of an npm folder, with their licences, and write the hash manifest.

    npm install htmx.org@4.0.1 uplot@1.6.32 signature_pad@5.1.4 axe-core@4.14.1
    python tools/vendor_assets.py NODE_MODULES

Run by hand when a version changes; nobody needs Node to run Hallway. A test compares the manifest with the files.
"""

import hashlib
import json
import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
STATIC = ROOT / "hallway" / "web" / "static"
VENDOR = STATIC / "vendor"
MANIFEST = VENDOR / "MANIFEST.json"

PARTS: dict[str, tuple[str, str, dict[str, str]]] = {
    "htmx": ("htmx.org", "4.0.1", {"dist/htmx.min.js": "htmx.min.js", "LICENSE": "LICENSE"}),
    "uplot": (
        "uplot",
        "1.6.32",
        {"dist/uPlot.iife.min.js": "uplot.iife.min.js", "dist/uPlot.min.css": "uplot.min.css", "LICENSE": "LICENSE"},
    ),
    "signature_pad": (
        "signature_pad",
        "5.1.4",
        {"dist/signature_pad.umd.min.js": "signature_pad.umd.min.js", "LICENSE": "LICENSE"},
    ),
}
"""Folder under ``vendor`` -> npm package, version, files."""

TEST_PARTS: dict[str, tuple[str, str, dict[str, str]]] = {
    "axe": ("axe-core", "4.14.1", {"axe.min.js": "axe.min.js", "LICENSE": "LICENSE"}),
}
"""What only tests load: under ``tests/vendor``."""


def copy(node_modules: Path, parts: dict[str, tuple[str, str, dict[str, str]]], target: Path) -> None:
    """Copy each part's files below ``target``; stops when a version is not the pinned one."""
    for folder, (package, version, files) in parts.items():
        found = json.loads((node_modules / package / "package.json").read_text())["version"]
        if found != version:
            raise SystemExit(
                f"{package} is {found}, not {version}. Nothing more was copied. Install the pinned version."
            )
        (target / folder).mkdir(parents=True, exist_ok=True)
        for source, name in files.items():
            shutil.copyfile(node_modules / package / source, target / folder / name)
            (target / folder / name).chmod(0o644)


def manifest(folder: Path) -> str:
    """Every package with its version, and every file below ``folder`` with its SHA-256, as JSON."""
    files = sorted(path for path in folder.rglob("*") if path.is_file() and path != MANIFEST)
    listed = [
        {"path": path.relative_to(folder).as_posix(), "sha256": hashlib.sha256(path.read_bytes()).hexdigest()}
        for path in files
    ]
    packages = {package: version for package, version, _ in PARTS.values()}
    return json.dumps({"packages": packages, "files": listed}, indent=2) + "\n"


def main() -> None:
    """Copy and write the manifest."""
    node_modules = Path(sys.argv[1])
    copy(node_modules, PARTS, VENDOR)
    copy(node_modules, TEST_PARTS, ROOT / "tests" / "vendor")
    MANIFEST.write_text(manifest(VENDOR))


if __name__ == "__main__":
    main()
