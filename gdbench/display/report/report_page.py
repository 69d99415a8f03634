"""A report as one HTML page: what is on it, and the policy that keeps it from asking for anything outside."""

import base64
import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources

import altair
import jinja2
import vl_convert

from gdbench.comparison.judgment.verdicts import Verdict
from gdbench.comparison.results import Results
from gdbench.comparison.selection import default_csv_metrics, default_metrics
from gdbench.comparison.tables import Table
from gdbench.display.charts.figure import Figure
from gdbench.display.provenance import trained
from gdbench.display.report.answer_text import answer_of, overall_answer
from gdbench.display.report.embedded_data import embedded_data
from gdbench.display.report.page_figures import PageFigure, page_figures
from gdbench.display.report.page_parts import (
    MAX_NOTE,
    Fact,
    brief,
    data_of_runs,
    environment_of,
    failures,
    run_lines,
    settings_of,
    shown_metrics,
)
from gdbench.display.report.published_part import PublishedPart, published_part
from gdbench.display.report.report_figures import report_figures
from gdbench.display.report.setup_text import setup_texts
from gdbench.display.sheets.headings import metric_words
from gdbench.display.sheets.result_sheet import result_sheet
from gdbench.display.sheets.shared_notes import SharedNotes
from gdbench.display.sheets.sheet import Sheet
from gdbench.version import __version__

FOLDER = "gdbench.display.report"
# A cell of a table may hold a label of any length.
MAX_CELL = 400
MOST_WHOLE = 24
# A phone shows a longer table when it is asked for.
MANY_ROWS = 12


@dataclass(frozen=True, slots=True)
class PageCell:
    """A cell of a table as text."""

    text: str
    number: bool
    detail: bool
    strong: bool

    @property
    def is_short(self) -> bool:
        """Whether it stays on one line; longer ones may be broken."""
        return len(self.text) <= MOST_WHOLE


@dataclass(frozen=True, slots=True)
class PageTable:
    """A sheet as the page shows it: `details` are the columns that a narrow window leaves out."""

    title: str
    header: tuple[PageCell, ...]
    rows: tuple[tuple[PageCell, ...], ...]
    notes: tuple[str, ...]

    @classmethod
    def of(cls, sheet: Sheet) -> "PageTable":
        """Return a sheet in words."""
        text = sheet.text()
        kinds = [(column.align == "right" and not column.label, column.detail) for column in sheet.columns]

        def cells(words: Sequence[str], row: int | None) -> tuple[PageCell, ...]:
            return tuple(
                PageCell(brief(word, MAX_CELL), *kinds[place], row is not None and sheet.is_strong(row, place))
                for place, word in enumerate(words)
            )

        rows = tuple(cells(words, row) for row, words in enumerate(text.rows))
        notes = tuple(brief(note, MAX_NOTE) for note in text.notes)
        return cls(brief(text.title), cells(text.header, None), rows, notes)

    @property
    def is_long(self) -> bool:
        """Whether the table alone would fill the window of a phone."""
        return len(self.rows) > MANY_ROWS


@dataclass(frozen=True, slots=True)
class PageComparison:
    """One comparison of the page."""

    anchor: str
    title: str
    answer: str
    setup: tuple[str, ...]
    published: PublishedPart
    table: PageTable
    sheets: tuple[PageTable, ...]
    figures: tuple[PageFigure, ...]
    settings: tuple[Fact, ...]


def report_page(results: Results) -> str:
    """Return the page: a function of the results alone, the same text each time."""
    setups = [set(setup_texts(results, comparison)) for comparison in results.comparisons]
    tables = _tables(results)
    full = results.tables(default_csv_metrics(results.own_records), ["last"])
    verdicts = {verdict.comparison.name: verdict for verdict in results.verdicts()}
    figures = [report_figures(results, comparison) for comparison in results.comparisons]
    data = embedded_data(results, full, [figure for drawn in figures for figure in drawn])
    listed = shown_metrics(results)
    shown = SharedNotes.of([_main_sheet(table) for table in tables])
    scripts, style = (_bundle(), _source("page.js")), _source("page.css")
    environment = jinja2.Environment(
        autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=jinja2.StrictUndefined
    )
    # In the order of the file, and as short as can be.
    environment.policies["json.dumps_kwargs"] = {"ensure_ascii": False, "separators": (",", ":"), "allow_nan": False}
    return environment.from_string(_source("page.html.j2")).render(
        title=brief(results.experiment.title or results.experiment.name),
        name=brief(results.experiment.name),
        answer=brief(overall_answer(tables), MAX_NOTE),
        # What all comparisons share stands above them, in the words and order of each.
        shared=[
            brief(text) for text in setup_texts(results, results.comparisons[0]) if all(text in each for each in setups)
        ],
        origin=brief(trained(results), 1000),
        comparisons=_comparisons(results, tables, verdicts, figures, shown.sheets),
        notes=[brief(note, MAX_NOTE) for note in shown.notes],
        environment=environment_of(results.own_records),
        data_facts=data_of_runs(results),
        measures=[metric_words(metric) for metric in listed],
        runs=run_lines(results, listed),
        failures=failures(results),
        version=__version__,
        data=data,
        bundle=scripts[0],
        program=scripts[1],
        style=style,
        policy=_policy(scripts, style),
    )


def _tables(results: Results) -> list[Table]:
    """Return the table of each comparison, by the metric of all of them or, where its runs lack that, by its own."""
    usual = default_metrics(results.own_records)
    tables = []
    for comparison, table in zip(results.comparisons, results.tables(usual, ["last"]), strict=True):
        alone = results.of_comparisons([comparison.name])
        own = default_metrics(alone.own_records)
        # Some comparisons choose on validation images what others are judged by on test images.
        tables.append(table if own == usual else alone.tables(own, ["last"])[0])
    return tables


def _answer(table: Table) -> str:
    return brief(answer_of(table), MAX_NOTE)


def _main_sheet(table: Table) -> Sheet:
    """Return the table of a comparison; its answer, the first note, stands above it on the page."""
    sheet = result_sheet(table, 0, None)
    return replace(sheet, notes=sheet.notes[1:]) if answer_of(table) else sheet


def _comparisons(
    results: Results,
    tables: Sequence[Table],
    verdicts: Mapping[str, Verdict],
    figures: Sequence[Sequence[Figure]],
    sheets: Sequence[Sheet],
) -> list[PageComparison]:
    parts, number = [], 0
    everything = zip(results.comparisons, tables, figures, sheets, strict=True)
    for place, (comparison, table, drawn, sheet) in enumerate(everything):
        published = published_part(results, verdicts.get(comparison.name))
        answer = _answer(table)
        parts.append(
            PageComparison(
                # Names are free text; places are not.
                anchor=f"comparison-{place + 1}",
                title=brief(comparison.title or comparison.name),
                answer=answer,
                setup=tuple(brief(text) for text in setup_texts(results, comparison)),
                published=published,
                table=PageTable.of(sheet),
                sheets=tuple(map(PageTable.of, published.sheets)),
                figures=page_figures(drawn, number, comparison.title or comparison.name),
                settings=tuple(settings_of(results, comparison)),
            )
        )
        number += len(drawn)
    return parts


@cache
def _bundle() -> str:
    """Return Vega, Vega-Lite and Vega-Embed as one script."""
    version = ".".join(altair.SCHEMA_VERSION.removeprefix("v").split(".")[:2])
    return _inline(vl_convert.javascript_bundle("window.vegaEmbed = vegaEmbed;", vl_version=version))


def _source(name: str) -> str:
    text = resources.files(FOLDER).joinpath(name).read_text(encoding="utf-8")
    return _inline(text) if name.endswith(".js") else text


def _inline(script: str) -> str:
    """Return a script without what would end it, or begin a comment, inside of HTML."""
    return re.sub(r"<(/script|!--|script)", r"\\x3c\1", script, flags=re.IGNORECASE)


def _policy(scripts: Sequence[str], style: str) -> str:
    """Return the policy of the page: these very scripts and this style, and nothing from anywhere."""
    hashes = " ".join(map(_hash, scripts))
    return f"default-src 'none'; script-src {hashes}; style-src {_hash(style)}; base-uri 'none'; form-action 'none'"


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
