"""python -m tests.screenshots REPORT [FOLDER]: a report as a phone, a desk, a dark room and paper show it."""

import sys
from pathlib import Path

from tests.browser import browser, watched


def take(report: Path, folder: Path) -> list[Path]:
    """Write the pictures of a report into a folder, and return them."""
    folder.mkdir(parents=True, exist_ok=True)
    views = {
        "phone": (390, {"device_scale_factor": 2}),
        "desk": (1280, {}),
        "dark": (1280, {"color_scheme": "dark"}),
    }
    taken = []
    with browser() as opened:
        for name, (width, options) in views.items():
            view = watched(opened, width, **options)
            view.open(report)
            for part, whole in (("", False), ("-whole", True)):
                taken.append(folder / f"{report.stem}-{name}{part}.png")
                view.page.screenshot(path=taken[-1], full_page=whole)
            if name == "desk":
                taken.append(folder / f"{report.stem}-print.pdf")
                view.page.pdf(path=taken[-1], format="A4")
            view.page.close()
    return taken


if __name__ == "__main__":
    for picture in take(Path(sys.argv[1]), Path(sys.argv[2] if len(sys.argv) > 2 else "screenshots")):
        print(picture)
