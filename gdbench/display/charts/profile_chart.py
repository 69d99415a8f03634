"""The performance profile of an experiment: the share of problems that each row solves within x times the fastest."""

import math

import altair

from gdbench.comparison.names import one_of
from gdbench.comparison.performance_profile import COSTS, LARGEST_RATIO, PerformanceProfile, performance_profile
from gdbench.display.charts.encodings import percent_axis, row_color, row_dash
from gdbench.display.charts.figure import WIDTH, ChartSource, Figure, Rows, data_of
from gdbench.display.charts.row_styles import chart_names
from gdbench.errors import RequestError
from gdbench.text import listing

MOST_TOLD = 8


def profile_figure(subject: ChartSource) -> Figure:
    """Return the profile over all comparisons with a target, by updates, epochs or seconds as asked for.

    Raises:
        RequestError: fewer than two comparisons have a target, or `by` is no cost.
    """
    cost = one_of("--by", subject.by, COSTS) if subject.by else None
    profile = performance_profile(subject.results.measurements, cost)
    if profile is None:
        raise RequestError("--kind profile: expected several comparisons with a target and common rows; got fewer")
    ranked = sorted(profile.rows, key=lambda row: -row.area)
    told = "; ".join(f"{row.key} {row.area:.2f}" for row in ranked[:MOST_TOLD])
    text = f"Area under the profile, 1 for a row that is always the fastest: {told}."
    experiment = subject.results.experiment
    title = f"{experiment.title}: problems solved within x times the fastest row's {profile.cost}"
    titles = listing(list(profile.comparisons.values()), "or")
    notes = (f"A problem is one seed of {titles}: {profile.problems} of them.",)
    drawn = _steps(profile)
    return Figure("profile", experiment.name, title, _chart(subject, profile, drawn), drawn, text, notes)


def _steps(profile: PerformanceProfile) -> Rows:
    """Return where the share of each row grows, from ratio 1 to LARGEST_RATIO."""
    names = chart_names([row.key for row in profile.rows])
    return [
        {"row": names[row.key], "ratio": ratio, "share": row.share_within(ratio)}
        for row in profile.rows
        for ratio in sorted({1.0, LARGEST_RATIO, *(each for each in row.ratios if each < LARGEST_RATIO)})
        if math.isfinite(ratio)
    ]


def _chart(subject: ChartSource, profile: PerformanceProfile, drawn: Rows) -> altair.Chart:
    keys = [row.key for row in profile.rows]
    names = list(chart_names(keys).values())
    base = altair.Chart(data_of(drawn)).properties(width=WIDTH, height=WIDTH * 3 // 4)
    line = base.mark_line(interpolate="step-after", strokeWidth=2, opacity=0.85)
    encoded: altair.Chart = line.encode(
        x=altair.X("ratio:Q", title=f"{profile.cost} / those of the fastest row", scale=altair.Scale(zero=False)),
        y=altair.Y("share:Q", title="share of problems", axis=percent_axis("%")),
        color=row_color(subject.styles, keys, names, lines=True),
        strokeDash=row_dash(subject.styles, keys, names),
        tooltip=[altair.Tooltip("row:N"), altair.Tooltip("ratio:Q", format=".3~g"), altair.Tooltip("share:Q")],
    )
    return encoded
