"""The page of a report as text: what is on it, what it holds as data, and that nothing in it can do harm."""

import csv
import io
import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from gdbench.comparison.results import Results
from gdbench.display.report.embedded_data import columns
from gdbench.display.report.page_parts import fingerprint_of
from gdbench.display.report.report_page import report_page
from tests.builders import a_record
from tests.display.report.pages import ODD, hostile, rates

RESULTS = Path(__file__).parents[3] / "results"


class Parsed(HTMLParser):
    """The elements of a page, the texts of its scripts, and what a reader sees."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.scripts: list[str] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attributes)))

    def handle_data(self, data: str) -> None:
        if self.tags and self.tags[-1][0] == "script" and not self.scripts_done():
            self.scripts.append(data)
        self.text += data

    def scripts_done(self) -> bool:
        return len(self.scripts) == sum(tag == "script" for tag, _attributes in self.tags)

    @property
    def data(self) -> dict:
        return json.loads(self.scripts[0])


@pytest.fixture(scope="module")
def quickstart() -> str:
    return report_page(Results.load(RESULTS / "reference" / "quickstart"))


def test_the_first_screen_answers(quickstart: str):
    body = quickstart[quickstart.index("<body>") :]
    first = body[: body.index("<figure")]
    assert "<h1>Three optimizers on MNIST</h1>" in first
    assert "adam is best: 1.67 points above momentum" in first
    assert "97.33 %" in first
    said = "Data: MNIST, 60,000 training and 10,000 test examples. Network: mlp [128]. "
    assert said + "Training: 5 epochs, batch size 128, 3 seeds." in first


def test_the_figures_of_the_page_are_those_of_the_csv_file(quickstart: str):
    table = Parsed(quickstart).data["tables"]["quickstart"]
    check_table(table, RESULTS / "reference" / "quickstart" / "tables" / "quickstart.csv")


def check_table(table: dict, written: Path) -> None:
    header, *rows = csv.reader(io.StringIO(written.read_text()))
    assert table["columns"] == header
    for row, expected in zip(table["rows"], rows, strict=True):
        for value, text in zip(row, expected, strict=True):
            assert (value is None and text == "") or value == text or value == float(text)


@pytest.mark.parametrize("name", ["article", "reference/quickstart"])
def test_committed_reports_hold_the_figures_of_the_csv_files(name: str):
    page = (RESULTS / name / "report.html").read_text(encoding="utf-8")
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', page, re.DOTALL)
    assert found is not None
    for comparison, table in json.loads(found[1])["tables"].items():
        check_table(table, RESULTS / name / "tables" / f"{comparison}.csv")


def test_every_chart_has_a_text_and_its_data(quickstart: str):
    parsed = Parsed(quickstart)
    plots = [attributes for tag, attributes in parsed.tags if attributes.get("role") == "img"]
    assert len(plots) == len(parsed.data["figures"]) == 5
    assert all(str(plot["aria-label"]).endswith(".") for plot in plots)
    assert all(figure["data"] for figure in parsed.data["figures"])


def test_a_comparison_on_validation_images_alone_is_judged_by_them():
    page = report_page(Results.load(RESULTS / "srivastava2014"))
    assert "Strengths, on validation images and a seed of their own: validation accuracy after epoch 30, 1 seed" in page
    assert "Regularizers, each at its chosen strength: test accuracy after epoch 30, 5 seeds" in page


def test_the_words_of_a_chart_are_for_screen_readers_and_for_those_who_ask(quickstart: str):
    body = quickstart[quickstart.index("<body>") :]
    figures = re.findall(r"<figure.*?</figure>", body, re.DOTALL)
    for figure in figures:
        words = re.search(r'role="img" aria-label="([^"]+)"', figure)
        assert words is not None
        visible = re.sub(r"<details class=.data.*?</details>|<[^>]*>", "", figure, flags=re.DOTALL)
        assert words[1] not in visible
        assert words[1] in re.sub(r"<div[^>]*>", "", figure)


def test_the_overview_of_what_nothing_is_published_of_says_nothing_of_it():
    experiment = Results.load(RESULTS / "article").experiment
    bare = [replace(each, published=(), claims=()) for each in experiment.comparisons[:2]]
    page = report_page(Results(replace(experiment, comparisons=tuple(bare)), {}))
    assert ">published</th>" not in page


def test_every_run_is_listed_with_its_curve(quickstart: str):
    parsed = Parsed(quickstart)
    listed = [attributes["data-run"] for tag, attributes in parsed.tags if "data-run" in attributes]
    assert len(listed) == 9
    assert set(parsed.data["runs"]) == set(listed)
    assert parsed.data["runs"]["62e27c0a05a1"]["test_accuracy"] == [0.8472, 0.8831, 0.8947, 0.9021, 0.9066]


def test_settings_environment_and_data_are_on_the_page(quickstart: str):
    text = Parsed(quickstart).text
    machine = "AMD EPYC (family 25, model 17), 2 cores, Linux"
    for word in ("optimizer.learning_rate", "batch_size", machine, "3.15.1", "fingerprint "):
        assert word in text


def test_the_page_is_the_same_each_time(quickstart: str):
    assert report_page(Results.load(RESULTS / "reference" / "quickstart")) == quickstart


def test_nothing_on_the_page_points_outside(quickstart: str):
    for tag, attributes in Parsed(quickstart).tags:
        for name in ("src", "href", "action", "data", "poster", "srcset"):
            assert attributes.get(name, "#").startswith("#"), (tag, attributes)
    assert "@import" not in quickstart
    assert "url(" not in quickstart[: quickstart.index("</style>")]


def test_the_policy_lets_only_the_scripts_of_the_page_run(quickstart: str):
    policy = next(attributes for tag, attributes in Parsed(quickstart).tags if "http-equiv" in attributes)["content"]
    assert str(policy).startswith("default-src 'none'; script-src 'sha256-")
    assert "unsafe" not in str(policy)


def test_a_hostile_ledger_makes_a_harmless_page():
    page = report_page(hostile())
    parsed = Parsed(page)
    assert [attributes for tag, attributes in parsed.tags if tag == "script"] == [
        {"type": "application/json", "id": "data"},
        {},
        {},
    ]
    assert {tag for tag, _attributes in parsed.tags} & {"img", "iframe", "object", "link", "base", "form"} == set()
    assert not any(name.startswith("on") for _tag, attributes in parsed.tags for name in attributes)
    assert "\x1b" not in page
    # Labels are cut for people; only the data of tables have them in full.
    assert max(map(len, re.findall("x+", page.replace(parsed.scripts[0], "")))) <= 400
    assert "</script" not in parsed.scripts[0].lower()
    assert "<!--" not in parsed.scripts[0]
    assert "<script>alert(1)</script><img src=x onerror=alert(1)><!-- \\x1b[31m" in parsed.text


def test_failures_and_divergences_are_told():
    parsed = Parsed(report_page(hostile()))
    assert "Failed runs" in parsed.text
    assert "ValueError: no" in parsed.text
    assert "in epoch 2, update 17" in parsed.text


def test_a_report_of_nothing_trained_is_a_page():
    results = Results.load(RESULTS / "reference" / "quickstart")
    parsed = Parsed(report_page(replace(results, records={})))
    assert parsed.text.count("missing") >= 9
    assert parsed.data["figures"] == []


@pytest.mark.parametrize("name", ODD)
def test_odd_ledgers_make_pages(name: str):
    parsed = Parsed(report_page(rates(ODD[name])))
    assert all(figure["data"] for figure in parsed.data["figures"])
    assert sum("data-run" in attributes for _tag, attributes in parsed.tags) == 9


def test_texts_of_a_column_stand_once():
    rows = [{"row": "adam", "x": 1.23456789}, {"row": "adam", "x": None}, {"row": "sgd"}]
    assert columns(rows) == {"row": {"of": ["adam", "sgd"], "at": [0, 0, 1]}, "x": [1.234568, None, None]}


def test_only_the_catalog_is_asked_for_a_fingerprint():
    assert fingerprint_of({"name": "mnist", "validation": 0, "train": "all", "test": "all", "scale": "unit", "seed": 0})
    assert fingerprint_of({"name": "csv", "train_file": "/etc/passwd"}) == ""
    assert fingerprint_of({"name": "own:data"}) == ""
    assert fingerprint_of({}) == ""
    assert a_record().run.dataset["name"] == "mnist"


def test_runs_without_test_images_are_listed_with_their_training_loss():
    """A function of two weights has no network, no batches and no accuracy."""
    results = Results.load(RESULTS / "reference" / "test-functions").of_comparisons(["valley"])
    page = report_page(results)
    header = page[page.index('<table id="run-table">') :]
    header = header[: header.index("</thead>")]
    names = re.findall(r"<button[^>]*>([^<]+)</button>", header)
    assert names == ["row", "seed", "status", "training loss", "epochs", "seconds", "started", "run"]
    top = re.sub(r"\s+", " ", re.sub(r"<[^>]*>", "", page[page.index("<header>") : page.index("<main")]))
    assert "Data: a test function. Training: 300 epochs, 3 seeds." in top
