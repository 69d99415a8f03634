"""The committed charts, reports and pictures are those that `python -m tests.pictures` writes."""

from gdbench.comparison.results import Results
from gdbench.display.charts.kinds import file_stem
from tests.pictures import CHARTS, PICTURES, REPORTS, RESULTS

# GitHub and readers load them with every look at a page.
LARGEST = 150_000


def test_every_committed_chart_is_written_by_the_command():
    usual = {"metric": None, "by": None, "at": "last", "comparison": None}
    written = {
        RESULTS / folder / "charts" / f"{file_stem(Results.load(RESULTS / folder), kind, **usual | options)}.svg"
        for folder, kind, options in CHARTS
    }
    assert written == set(RESULTS.rglob("charts/*"))


def test_every_committed_report_is_written_by_the_command():
    assert {RESULTS / folder / "report.html" for folder in REPORTS} == set(RESULTS.rglob("report.html"))


def test_pictures_are_small_and_ask_for_nothing():
    assert {path.name for path in PICTURES.iterdir()} == {"report.png", "terminal.svg"}
    assert all(path.stat().st_size < LARGEST for path in PICTURES.iterdir())
    assert "url(http" not in (PICTURES / "terminal.svg").read_text(encoding="utf-8")
