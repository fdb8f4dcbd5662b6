"""The look as rules: contrasts, no inline style or script, vendored files as listed, every view guarded."""

import hashlib
import json
import re
from pathlib import Path

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from hallway.web.context import SHEETS
from hallway.web.parts.views import ICONS

WEB = Path(__file__).resolve().parent.parent
STATIC = WEB / "static"
TEMPLATES = sorted((WEB / "templates").rglob("*.html"))
TOKENS = {
    name: (light, dark)
    for name, light, dark in re.findall(
        r"--([\w-]+): light-dark\((#\w{6}), (#\w{6})\)", (STATIC / "hallway/css/tokens.css").read_text()
    )
}
TEXTS = ("ink", "ink-2", "ink-3", "act", "pc", "bh", "late", "soon", "done")
GROUNDS = ("surface", "canvas", "sunken")


def luminance(color: str) -> float:
    parts = [int(color[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
def test_every_text_reads_at_five_to_one_on_every_ground(scheme):
    for text in TEXTS:
        for ground in GROUNDS:
            assert contrast(TOKENS[text][scheme], TOKENS[ground][scheme]) >= 5.0, (text, ground)


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
def test_every_status_and_side_reads_on_its_own_soft_ground(scheme):
    for name in ("act", "pc", "bh", "late", "soon", "done"):
        assert contrast(TOKENS[name][scheme], TOKENS[f"{name}-soft"][scheme]) >= 5.0, name
        assert contrast(TOKENS["ink"][scheme], TOKENS[f"{name}-soft"][scheme]) >= 7.0, name
    assert contrast(TOKENS["on-act"][scheme], TOKENS["act"][scheme]) >= 5.0
    assert contrast(TOKENS["on-act"][scheme], TOKENS["act-strong"][scheme]) >= 5.0


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
def test_the_border_of_a_control_stands_out(scheme):
    for ground in GROUNDS:
        assert contrast(TOKENS["edge"][scheme], TOKENS[ground][scheme]) >= 3.0, ground


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.relative_to(WEB / "templates").as_posix())
def test_no_template_holds_a_style_or_a_script_of_its_own(template):
    text = template.read_text()
    assert not re.search(r"\sstyle=|<style|\son[a-z]+=\"|javascript:", text)
    assert not re.search(r"<script(?![^>]*\bsrc=)", text)
    assert not re.search(r"(src|href)=\"(https?:)?//", text), "nothing comes from another host"


def test_vendored_files_are_the_listed_ones():
    folder = STATIC / "vendor"
    entries = json.loads((folder / "MANIFEST.json").read_text())["files"]
    listed = {entry["path"]: entry["sha256"] for entry in entries}
    found = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    found.pop("MANIFEST.json")
    assert set(found) == set(listed)
    for name, path in found.items():
        assert hashlib.sha256(path.read_bytes()).hexdigest() == listed[name], name
    for part in {Path(name).parts[0] for name in listed}:
        assert f"{part}/LICENSE" in listed, "a part comes with its licence"


def test_every_listed_sheet_and_icon_exists():
    for sheet in SHEETS:
        assert (STATIC / sheet).is_file(), sheet
    sprite = (STATIC / "hallway/icons.svg").read_text()
    drawn = set(re.findall(r'<symbol id="([\w-]+)"', sprite))
    assert drawn == set(ICONS), "the parts page shows every icon there is"
    used = set()
    for template in TEMPLATES:
        used |= set(re.findall(r'{% icon "([\w-]+)"', template.read_text()))
        used |= set(re.findall(r'icon_name="([\w-]+)"', template.read_text()))
    assert used <= drawn, used - drawn


def views(resolver: URLResolver, prefix: str = ""):
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            yield from views(entry, prefix + str(entry.pattern))
        elif isinstance(entry, URLPattern):
            yield prefix + str(entry.pattern), entry.callback


def test_every_view_says_who_may_use_it():
    bare = [route for route, view in views(get_resolver()) if getattr(view, "access", None) is None]
    assert bare == []


def test_the_doors_open_to_nobody_in_particular_are_these_and_no_more():
    public = {route for route, view in views(get_resolver()) if getattr(getattr(view, "access", None), "public", False)}
    assert public == {
        "", "healthz", "help", "parts/", "role", "sign-in", "sign-in/code", "sign-in/demo/<int:account_id>",
        "sign-in/passkey", "sign-in/passkey/challenge", "sign-in/second-factor", "sign-out", "stay",
        "s/<str:token>/", "q/<str:secret>/",
        "cds-services", "cds-services/patient-consent-consult", "consent/decisions",
        "cds-services/<slug:service>", "cds-services/<slug:service>/feedback",
        ".well-known/jwks.json", ".well-known/openid-configuration", ".well-known/smart-configuration",
        "oauth/authorize", "oauth/introspect", "oauth/revoke", "oauth/token", "oauth/userinfo", "apps/style.json",
        "api/openapi.json", "developers/", "developers/client", "developers/sample", "developers/sample/key", "metrics",
        "launch", "launch/<int:ehr_id>/back",
    }  # fmt: skip
