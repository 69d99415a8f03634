"""The learning curves of a single run, drawn from rows that come later."""

import altair

from gdbench.display.charts.encodings import layered, number_axis
from gdbench.display.charts.figure import WIDTH
from gdbench.display.charts.row_styles import COLORS, DASHES
from gdbench.display.sheets.headings import SPLIT_WORDS

# The data that a page fills in: measure (loss or accuracy), split, value, and where along the run.
DATA = "run"


def run_chart() -> altair.FacetChart:
    """Return a chart of the losses and the accuracies of a run, a line for each split."""
    names = list(SPLIT_WORDS.values())
    legend = altair.Legend(orient="bottom", title=None, symbolType="stroke", symbolSize=400, symbolStrokeWidth=2)
    color = altair.Color("split:N", sort=None, scale=altair.Scale(domain=names, range=list(COLORS[:4])), legend=legend)
    dashes = altair.Scale(domain=names, range=[list(dash) for dash in DASHES])
    dash = altair.StrokeDash("split:N", sort=None, scale=dashes, legend=legend)
    y = altair.Y("value:Q", title=None, scale=altair.Scale(zero=False), axis=number_axis())
    x = altair.X("epoch:Q", scale=altair.Scale(zero=False, nice=False), axis=altair.Axis(tickMinStep=1))
    pointer = [altair.Tooltip("split:N"), altair.Tooltip("epoch:Q"), altair.Tooltip("value:Q", format=".4~g")]
    base = altair.Chart().properties(width=WIDTH, height=WIDTH * 9 // 16)
    line = base.mark_line(point={"size": 18}, strokeWidth=2).encode(x=x, y=y, color=color, strokeDash=dash)
    chart = layered(line.encode(tooltip=pointer)).properties(data=altair.NamedData(name=DATA))
    facet = altair.Facet("measure:N", title=None, sort=None, header=altair.Header(title=None, labelFontWeight="bold"))
    panels: altair.FacetChart = chart.facet(facet=facet, columns=2).resolve_scale(y="independent")
    return panels
