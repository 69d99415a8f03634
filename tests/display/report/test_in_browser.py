"""Reports in headless Chromium: everything is drawn, nothing is asked for, and search, sorting and curves work."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from gdbench.comparison.results import Results
from gdbench.display.report.report_page import report_page
from tests.browser import Watched, browser, chromium, watched
from tests.display.report.pages import ODD, hostile, many, rates

RESULTS = Path(__file__).parents[3] / "results"

pytestmark = pytest.mark.skipif(chromium() is None, reason="Chromium is not installed")
PAGES: dict[str, Callable[[], Results]] = {
    "quickstart": lambda: Results.load(RESULTS / "reference" / "quickstart"),
    "rates": lambda: Results.load(RESULTS / "reference" / "learning-rate"),
    "zeiler": lambda: Results.load(RESULTS / "zeiler2012"),
    "hostile": hostile,
    "many": lambda: many(24, 5, 40),
    "diverged": lambda: rates(ODD["all diverged"]),
    "zeros": lambda: rates(ODD["nothing but zeros"]),
}


@pytest.fixture(scope="module")
def opened() -> Iterator[Browser]:
    with browser() as found:
        yield found


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> "Reports":
    return Reports(tmp_path_factory.mktemp("reports"))


class Reports:
    """Pages by name, written when one is first asked for."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __getitem__(self, name: str) -> Path:
        path = self.folder / f"{name}.html"
        if not path.exists():
            path.write_text(report_page(PAGES[name]()), encoding="utf-8")
        return path


def shown(opened: Browser, path: Path, width: int = 1280, **options: str) -> Watched:
    view = watched(opened, width, **options)
    view.open(path)
    return view


def check(view: Watched, path: Path) -> None:
    """Nothing was asked for beside the page, nobody complained, and nothing is wider than the window."""
    assert view.requests == [path.resolve().as_uri()]
    assert view.complaints == []
    page = view.page
    assert page.evaluate("document.documentElement.scrollWidth") == page.evaluate("window.innerWidth")
    view.open_charts()
    assert page.evaluate("document.documentElement.scrollWidth") == page.evaluate("window.innerWidth")
    assert page.locator("figure").count() == page.locator("figure svg").count()
    for figure in page.locator("figure .plot").all():
        box, svg = figure.bounding_box(), figure.locator("svg").bounding_box()
        assert box is not None
        assert svg is not None
        assert svg["width"] <= box["width"] + 1
        assert svg["height"] > 60
    assert "NaN" not in page.locator("main").inner_html()


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("width", [1280, 390])
def test_a_report_is_drawn_without_a_request_or_complaint(opened: Browser, reports: Reports, name: str, width: int):
    path = reports[name]
    view = shown(opened, path, width)
    check(view, path)
    view.page.context.close()


def test_a_dark_page_has_light_ink(opened: Browser, reports: Reports):
    path = reports["rates"]
    view = shown(opened, path, color_scheme="dark")
    check(view, path)
    ground = view.page.evaluate("getComputedStyle(document.body).backgroundColor")
    ink = view.page.locator("figure svg .role-axis-label text").first.evaluate("each => getComputedStyle(each).fill")
    assert _brightness(ground) < 60
    assert _brightness(ink) > 180
    view.page.context.close()


def _brightness(color: str) -> float:
    parts = [float(part) for part in color[color.index("(") + 1 : -1].split(",")[:3]]
    return sum(parts) / 3


@pytest.fixture
def page(opened: Browser, reports: Reports) -> Iterator[Page]:
    view = shown(opened, reports["quickstart"])
    yield view.page
    assert view.complaints == []
    assert len(view.requests) == 1
    view.page.context.close()


def column(page: Page, place: int) -> list[str]:
    return [row.locator("th, td").nth(place).inner_text() for row in page.locator("#run-table tbody tr:visible").all()]


def test_runs_are_searched(page: Page):
    page.locator("#search").fill("adam 97.4")
    assert column(page, 0) == ["adam"]
    assert page.locator("#found").inner_text() == "1 of 9 runs"
    page.locator("#search").fill("")
    assert len(column(page, 0)) == 9


def test_runs_are_sorted_by_number_both_ways(page: Page):
    accuracy = page.get_by_role("button", name="test accuracy")
    accuracy.press("Enter")
    ascending = column(page, 3)
    assert ascending == sorted(ascending, key=lambda text: float(text.removesuffix(" %")))
    assert page.locator("#run-table th[aria-sort=ascending]").inner_text().startswith("test accuracy")
    accuracy.click()
    assert column(page, 3) == ascending[::-1]


def test_a_run_shows_its_curve(page: Page):
    button = page.get_by_role("button", name="ad48d345f481")
    button.click()
    assert page.locator("tr.curve svg").first.bounding_box() is not None
    assert button.get_attribute("aria-expanded") == "true"
    assert page.locator("tr.curve svg text", has_text="accuracy").count() >= 1
    assert page.locator("tr.curve svg text", has_text="validation").count() == 0
    assert (
        page.get_by_role("img", name="Learning curves of run ad48d345f481: 97.35 % test accuracy at the end").count()
        == 1
    )
    button.click()
    assert page.locator("tr.curve").count() == 0


def test_a_drawn_chart_keeps_its_words_for_screen_readers(page: Page):
    assert page.get_by_role("img", name="Test accuracy of every seed after epoch 5: sgd 90.79 %").count() == 1
    assert page.locator("[aria-label='Vega visualization']").count() == 0


def test_curves_are_drawn_by_update_too(page: Page):
    figure = page.locator("figure.curves").first
    figure.get_by_label("by update").check()
    figure.locator("svg text", has_text="update").first.wait_for()
    assert figure.locator("svg text", has_text="2,000").count() >= 1


def test_a_logarithmic_axis_can_be_left(page: Page):
    figure = page.locator("figure.curves").nth(1)
    log = figure.get_by_label("log axis")
    assert log.is_checked()
    log.uncheck()
    figure.locator("svg text", has_text="0.8").first.wait_for()


def test_the_data_of_a_chart_are_a_table(page: Page):
    details = page.locator("figure.strip details.data")
    details.locator("summary").click()
    details.locator("tbody tr").first.wait_for()
    cells = details.locator("tbody tr").first.locator("td").all_inner_texts()
    assert cells[:4] == ["seed", "sgd", "0", "0.9066"]


def test_a_hostile_label_stays_text(opened: Browser, reports: Reports):
    view = shown(opened, reports["hostile"])
    assert view.page.locator("img, iframe").count() == 0
    view.page.locator("button.run").nth(2).click()
    view.page.locator("tr.curve svg").wait_for()
    view.page.locator("figure.strip details.data summary").click()
    view.page.locator("figure.strip details.data tbody tr").first.wait_for()
    assert "alert(1)" in view.page.locator("figure.strip details.data").inner_text()
    assert view.complaints == []
    view.page.context.close()


def test_a_long_list_of_runs_is_short_until_all_are_wanted(opened: Browser, reports: Reports):
    """Sorting and searching cover all runs."""
    view = shown(opened, reports["many"], 390)
    page = view.page
    assert len(column(page, 0)) == 30
    assert page.locator("#more span").inner_text() == "The first 30 of 120 runs."
    page.locator("#search").fill("000023000004")
    assert column(page, 0) == ["row 23"]
    assert page.locator("#more").is_hidden()
    page.locator("#search").fill("")
    page.get_by_role("button", name="seed").click()
    assert column(page, 1)[:24] == ["0"] * 24
    page.get_by_role("button", name="Show all").click()
    assert len(column(page, 0)) == 120
    assert page.locator("#more").is_hidden()
    view.page.context.close()


def test_a_phone_shows_the_first_chart_of_a_comparison_and_the_others_when_asked(opened: Browser, reports: Reports):
    view = shown(opened, reports["zeiler"], 390)
    page = view.page
    charts = page.locator(".comparison").first.locator("details.chart")
    opens = charts.evaluate_all("(all) => all.map((each) => each.open)")
    assert opens == [True, *[False] * (charts.count() - 1)]
    assert not page.locator("details.fold").first.evaluate("(each) => each.open")
    second = charts.nth(1)
    second.locator("summary").first.press("Enter")
    second.locator("svg").wait_for()
    # A link of the contents opens what it leads to.
    page.locator("nav summary").click()
    page.locator("nav a[href='#figure-2']").click()
    charts.nth(2).locator("svg").wait_for()
    assert charts.nth(2).locator("h3").bounding_box()["y"] < 60
    assert view.complaints == []
    page.context.close()


def test_paper_shows_what_is_closed_on_the_screen_in_charts_of_its_own_width(opened: Browser, reports: Reports):
    view = shown(opened, reports["zeiler"], 390)
    page = view.page
    paper = "() => [...document.querySelectorAll('.plot.printed svg')].map((each) => each.width.baseVal.value)"
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    count = page.locator("figure").count()
    page.locator(".plot.printed svg").nth(count - 1).wait_for(state="attached")
    assert all(400 < width < 870 for width in page.evaluate(paper))
    closed = "document.querySelectorAll('details.chart:not([open]), details.fold:not([open]), .settings:not([open])')"
    assert page.evaluate(f"{closed}.length") == 0
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    assert page.locator(".plot.printed").count() == 0
    assert page.evaluate(f"{closed}.length") > 0
    assert view.complaints == []
    page.context.close()


@pytest.mark.parametrize(("width", "expected"), [(390, 0), (700, 3), (1040, 6)])
def test_columns_of_details_are_shown_where_they_fit(opened: Browser, reports: Reports, width: int, expected: int):
    view = shown(opened, reports["quickstart"], width)
    assert view.page.locator(".comparison thead th.detail:visible").count() == expected
    view.page.context.close()


def test_tables_are_whole_at_the_width_of_a_desk(opened: Browser, tmp_path: Path):
    path = tmp_path / "tuned.html"
    path.write_text(report_page(Results.load(RESULTS / "reference" / "tuned-optimizers")), encoding="utf-8")
    view = shown(opened, path)
    check(view, path)
    cut = "[...document.querySelectorAll('.comparison > .scroll')].filter(each => each.scrollWidth > each.clientWidth)"
    assert view.page.evaluate(f"{cut}.length") == 0
    view.page.context.close()
