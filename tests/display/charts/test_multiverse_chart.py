import re
from dataclasses import replace

import pytest

from gdbench.display.charts.chart_file import svg
from gdbench.display.charts.kinds import chart, figures
from gdbench.display.charts.multiverse_chart import TABLE
from gdbench.display.report.report_page import report_page
from gdbench.errors import RequestError
from tests.comparison.judging import a_block, in_universes, measured, results_of
from tests.comparison.judgment.test_multiverse_verdicts import AXES, CLAIM, UNIVERSES, results_where

BLOCK = a_block({"A": 0.981}, tolerance=0.005, claims=(CLAIM,))


def of_20_epochs():
    return results_where(lambda _width, epochs: epochs == "20", published=(BLOCK,))


def test_universes_stand_from_the_nearest_to_the_furthest_with_their_words_and_choices():
    [figure] = figures(of_20_epochs(), "multiverse")
    frame = figure.frame
    assert list(dict.fromkeys(frame["protocol"])) == [
        f"hidden {width}; epochs {epochs}" for epochs in ("20", "5") for width in ("64", "128")
    ]
    assert list(frame[frame["part"] == "cell"]["value"]) == pytest.approx([0, 0, -12, -12])
    words = frame[frame["part"] == "word"]
    assert list(words[words["item"] == TABLE]["word"]) == ["holds", "holds", "fails", "fails"]
    assert list(words[words["item"] == "A > B"]["word"]) == ["holds", "holds", "fails", "fails"]
    choices = frame[frame["part"] == "choice"]
    assert list(choices[choices["place"] == 4]["item"]) == ["hidden 128", "epochs 5"]
    assert figure.title == "Table: 4 protocols, from the nearest to the source"
    assert figure.text == (
        "Table: depends on the protocol: reproduced in 2 of 4 (exactly those with epochs 20), contradicted in 2. "
        "Nearest to the source: hidden 64; epochs 20."
    )


def test_a_table_that_is_partly_reproduced_has_a_mark_of_its_own():
    block = a_block({"A": 0.981, "B": 0.921, "C": 0.9}, tolerance=0.005)
    own = {"A": [0.98, 0.982, 0.981], "B": [0.92, 0.922, 0.921], "C": [0.94, 0.942, 0.941]}
    rows = dict.fromkeys(UNIVERSES, own)
    [figure] = figures(in_universes(AXES, rows, published=(block,)), "multiverse")
    words = figure.frame[(figure.frame["part"] == "word") & (figure.frame["item"] == TABLE)]
    assert list(words["word"]) == ["partly holds"] * 4


def test_claims_of_one_text_have_a_line_each():
    claims = (CLAIM, replace(CLAIM, at="max"))
    [figure] = figures(results_where(lambda *_labels: True, claims=claims), "multiverse")
    words = figure.frame[(figure.frame["place"] == 1) & (figure.frame["part"] == "word")]
    assert list(words["item"]) == [TABLE, "A > B", "A > B (2)"]


@pytest.mark.parametrize("keys", [{"published": (BLOCK,)}, {"claims": (CLAIM,)}])
def test_the_chart_is_drawn_and_valid(keys):
    drawn = svg(chart(results_where(lambda *_labels: True, **keys), "multiverse").to_dict())
    assert drawn.startswith("<svg")
    assert "NaN" not in drawn
    assert "hidden 128" in drawn


def test_a_comparison_without_trained_universes_has_no_chart():
    plain = results_of(measured({"A": [0.9] * 3}), a_block({"A": 0.9}))
    with pytest.raises(RequestError, match=r"--kind multiverse: expected a comparison with protocols .*; got none$"):
        figures(plain, "multiverse")


def test_a_report_has_the_curve_and_the_sheets():
    page = report_page(of_20_epochs())
    assert "Table: 4 protocols" in page
    assert "A &gt; B" in page
    assert "Nearest to the source: hidden 64; epochs 20, where no cell is further off than 0.0 tolerances." in page
    said = "depends on the protocol: reproduced in 2 of 4 (exactly those with epochs 20), contradicted in 2"
    assert f"<p>Under other protocols that the source leaves open: {said}</p>" in page


def test_the_overview_of_a_report_counts_the_protocols():
    results = of_20_epochs()
    [comparison] = results.experiment.comparisons
    both = replace(results.experiment, comparisons=(comparison, replace(comparison, name="other", multiverse=None)))
    overview = report_page(replace(results, experiment=both)).partition('<table class="overview"')[2]
    counted, plain = overview.partition("</table>")[0].split("<tr")[2:]
    assert '<br><span class="note">reproduced in 2, contradicted in 2 of 4 protocols</span>' in counted
    assert "protocols" not in plain


def test_the_axis_of_differences_shows_the_band_of_the_tolerance():
    drawn = svg(chart(of_20_epochs(), "multiverse").to_dict())
    assert re.findall(r">(\N{MINUS SIGN}?\d+)</text>", drawn) == [
        "\N{MINUS SIGN}10",
        "\N{MINUS SIGN}3",
        "\N{MINUS SIGN}1",
        "0",
        "1",
    ]
