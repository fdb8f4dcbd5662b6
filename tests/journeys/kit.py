"""The journeys' kit: the product's own server on a database of the test's own, Chromium, axe, pictures.

A journey takes the fixture ``walk``::

    def test_...(walk):
        page = walk.come_in(account, "Millbrook")   # a page of that person's own browser, signed in
        page.goto(walk.address("/worklist/"))
        walk.check(page, "worklist")                 # axe at 1280 and 375, no sideways scroll at 320, a picture of each

A journey that is promised at three widths sets ``walk.widths = THREE``: its steps are walked once, and each page of it
is seen at every width.

Pictures go to ``HALLWAY_PICTURES`` when it is set, else nowhere.
"""

import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.cluster import free_port

# Playwright's loop runs in this thread; our ORM calls between its calls are not concurrent with it.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

ROOT = Path(__file__).resolve().parents[2]
AXE = (ROOT / "tests" / "vendor" / "axe" / "axe.min.js").read_text()
CHROMIUM = os.environ.get("HALLWAY_CHROMIUM", "/usr/bin/chromium")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
WIDE, MIDDLE, NARROW, NARROWEST = 1280, 768, 375, 320
THREE = (WIDE, MIDDLE, NARROW)
HEIGHT = 800
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
AXE_RUN = """async (tags) => (await axe.run(document, {runOnly: tags})).violations.map((v) =>
  `${v.id} (${v.impact}): ${v.help}: ` +
  v.nodes.slice(0, 4).map((n) => n.target.join(" ") + " " + (n.any[0]?.message ?? "")).join(" | "))"""


class Server:
    """granian with the product's WSGI callable, on loopback, on the database in force."""

    def __init__(self) -> None:
        self.port = free_port()
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        environment = os.environ | {
            "HALLWAY_DEMO": "1",
            "HALLWAY_SECRET_KEY": os.environ["HALLWAY_SECRET_KEY"],
            "DJANGO_SETTINGS_MODULE": "hallway.app.settings",
        }
        command = [
            sys.executable,
            "-m",
            "granian",
            "--interface",
            "wsgi",
            "--host",
            "127.0.0.1",
            "--port",
            str(self.port),
        ]
        command += [
            "--workers",
            "1",
            "--blocking-threads",
            "4",
            "--log-level",
            "warning",
            "hallway.app.wsgi:application",
        ]
        self.process = subprocess.Popen(command, cwd=ROOT, env=environment)
        for _ in range(600):
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=1) as answer:
                    if answer.status == 200:
                        return
            except OSError:
                time.sleep(0.1)
        self.stop()
        raise RuntimeError("The server did not answer within a minute.")

    def stop(self) -> None:
        if self.process is not None:
            self.process.terminate()
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait(10)


class Walk:
    """Several people, each in a browser of their own, on one server."""

    def __init__(self, browser: Browser, server: Server) -> None:
        self.browser = browser
        self.server = server
        self.contexts: list[BrowserContext] = []
        self.pictures = os.environ.get("HALLWAY_PICTURES", "")
        self.troubles: list[str] = []
        self.widths: tuple[int, ...] = (WIDE, NARROW)

    def address(self, path: str) -> str:
        return f"http://127.0.0.1:{self.server.port}{path}"

    def page(self, *, width: int = WIDE, scheme: str = "light") -> Page:
        """A page in a browser of its own, not signed in. Script errors and refused contents are collected."""
        context = self.browser.new_context(
            viewport={"width": width, "height": HEIGHT},
            color_scheme=scheme,
            reduced_motion="reduce",  # type: ignore[arg-type]
        )
        self.contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(30_000)
        page.on("pageerror", lambda error: self.troubles.append(f"script: {error}"))
        page.on("console", self._hear)
        page.on("request", lambda request: self._watch(request.url))
        return page

    def _hear(self, line: Any) -> None:
        if line.type == "error" and "Failed to load resource" not in line.text:
            self.troubles.append(f"console: {line.text}")

    def _watch(self, url: str) -> None:
        if not url.startswith((self.address(""), "data:", "blob:", "about:")):
            self.troubles.append(f"left the host: {url}")

    def come_in(self, account: Any, practice: str = "", *, width: int = WIDE, scheme: str = "light") -> Page:
        """A page signed in as ``account``, in its role at ``practice`` (or its first), by a session made here."""
        from hallway.identity import actions
        from hallway.identity.models import Account
        from hallway.web.middleware import COOKIE
        from hallway.web.sign_in.hats import hats_of

        account = account if isinstance(account, Account) else Account.objects.get(id=account)
        opened = actions.open_verified(account)
        hats = [hat for hat in hats_of(account) if practice in hat.organization_name]
        actions.wear(opened.session_id, hats[0])
        page = self.page(width=width, scheme=scheme)
        page.context.add_cookies([{"name": COOKIE, "value": opened.token, "url": self.address("/"), "httpOnly": True}])
        return page

    def check(self, page: Page, name: str = "", *, dark: bool = False) -> None:
        """axe at the journey's widths (at the widest and the narrowest dark too, where asked), no sideways scroll at
        any of them nor at 320, a picture of each when wanted."""
        before = page.viewport_size or {"width": WIDE, "height": HEIGHT}
        for width in self.widths:
            page.set_viewport_size({"width": width, "height": HEIGHT})
            self.axe(page, f"{name} at {width}")
            self.fits(page, f"{name} at {width}")
            self.picture(page, f"{name}-{width}")
        if dark:
            page.emulate_media(color_scheme="dark")
            for width in (NARROW, WIDE):
                page.set_viewport_size({"width": width, "height": HEIGHT})
                self.axe(page, f"{name} at {width}, dark")
                self.picture(page, f"{name}-{width}-dark")
            page.emulate_media(color_scheme="light")
        page.set_viewport_size({"width": NARROWEST, "height": HEIGHT})
        self.fits(page, f"{name} at {NARROWEST}")
        page.set_viewport_size(before)

    def fits(self, page: Page, name: str) -> None:
        """Nothing of the page lies beside it."""
        over = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert over <= 0, f"{name} scrolls sideways by {over} px"

    def axe(self, page: Page, name: str) -> None:
        """Zero violations of WCAG 2.2 AA and of axe's best practices."""
        if page.evaluate("typeof window.axe") == "undefined":
            page.evaluate(AXE)
        found = page.evaluate(AXE_RUN, RULES)
        assert not found, f"{name}:\n" + "\n".join(found)

    def picture(self, page: Page, name: str) -> None:
        if self.pictures and name:
            Path(self.pictures).mkdir(parents=True, exist_ok=True)
            page.screenshot(path=f"{self.pictures}/{name}.png", full_page=True)

    def end(self) -> None:
        for context in self.contexts:
            context.close()
        assert not self.troubles, "\n".join(self.troubles)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    if not Path(CHROMIUM).exists():
        pytest.skip(f"{CHROMIUM} is not here: journeys need a Chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def walk(fresh_db: str, chromium: Browser) -> Iterator[Walk]:
    """A fresh database, the product's server on it, and browsers for everybody who walks."""
    server = Server()
    server.start()
    walking = Walk(chromium, server)
    try:
        yield walking
        walking.end()
    finally:
        server.stop()
