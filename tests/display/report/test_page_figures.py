"""How the charts of a page stand on paper."""

import altair

from gdbench.display.charts.figure import Figure
from gdbench.display.report.page_figures import page_figures


def a_figure(kind: str, word: str = "") -> Figure:
    return Figure(kind, "c", "C: title", altair.Chart(), [{"row": "a", "remark": word}], "Text.")


def test_small_charts_stand_side_by_side_unless_they_have_long_words_beside_them():
    figures = [a_figure("target"), a_figure("target", "5 of 5 missed"), a_figure("target"), a_figure("heatmap")]
    assert [figure.half for figure in page_figures(figures, 0, "C")] == [True, True, False, False]
    long = [a_figure("target"), a_figure("published", "published Medium")]
    assert [figure.half for figure in page_figures(long, 0, "C")] == [False, False]
