"""Pages in headless Chromium: what they draw, what they ask for, and what goes wrong."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome")
# The sandbox needs rights that a container lacks; the pages are our own.
ARGUMENTS = ("--no-sandbox", "--disable-dev-shm-usage", "--force-color-profile=srgb", "--hide-scrollbars")


def chromium() -> str | None:
    """The system's Chromium."""
    return next((path for name in NAMES if (path := shutil.which(name))), None)


@dataclass
class Watched:
    """A page, what it has asked for beside itself, and its errors and warnings."""

    page: Page
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def open(self, path: Path) -> None:
        """Open a file and wait until every chart is drawn."""
        self.page.goto(path.resolve().as_uri())
        # A function to wait for would be evaluated, which the policy of the page forbids.
        self.page.wait_for_selector("html[data-drawn=all]", state="attached", timeout=60_000)

    def open_charts(self) -> None:
        """Open every chart, and wait until it is drawn: a narrow window shows some of them when they are asked for."""
        self.page.evaluate("document.querySelectorAll('details.chart').forEach((each) => { each.open = true; })")
        self.page.locator("figure:not([data-drawn])").first.wait_for(state="detached")


@contextmanager
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium(), args=list(ARGUMENTS))
        try:
            yield opened
        finally:
            opened.close()


def watched(opened: Browser, width: int = 1280, height: int = 900, **options: Any) -> Watched:
    """A new page of a size whose requests and complaints are kept."""
    page = opened.new_context(viewport={"width": width, "height": height}, **options).new_page()
    found = Watched(page)
    page.on("request", lambda request: found.requests.append(request.url))
    page.on("pageerror", lambda error: found.complaints.append(str(error)))
    page.on("console", lambda message: found.complaints.append(message.text) if message.type != "log" else None)
    return found
