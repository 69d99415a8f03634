"""What runs have recorded inside: a quantity of each layer by update, a panel for each row, a line for each layer."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import altair

from gdbench.comparison.learning_curves import layer_curves
from gdbench.comparison.names import one_of
from gdbench.display.charts.divergences import crosses, divergence_note, divergences
from gdbench.display.charts.encodings import MARGIN, log_ticks, number_axis, row_legend, with_log_ticks
from gdbench.display.charts.figure import WIDTH, ChartSource, Figure, Rows, count, data_of, number_of
from gdbench.display.charts.thinning import thinned
from gdbench.errors import RequestError
from gdbench.experiment.settings.schema import QUANTITIES
from gdbench.text import counted, listing, printable, shortened

# From the first layer to the last hidden one: hues that stay apart without red or green, on white and on black.
FIRST_TO_LAST = ("#3D63D8", "#1F8FC4", "#2FA08F", "#7BA23A", "#B89600")
OUTPUT, OUTPUT_DASH = "#D55E00", (6, 3)
# More panels, or lines in one, nobody reads.
MOST_PANELS, MOST_LAYERS = 12, 16
# With so few labels, the innermost axis stands side by side.
MOST_ABREAST = 4
MOST_TOLD = 9
MAX_NAME = 30


def recorded_quantities(subject: ChartSource) -> list[str]:
    """Return what the runs of a comparison have recorded of their layers."""
    layers = [
        record.outcome.layers
        for point in subject.comparison.points
        for record in subject.measurement.records_of(point)
        if record.outcome.layers
    ]
    return [quantity for quantity in QUANTITIES if any(quantity in each["curves"] for each in layers)]


def layer_figure(subject: ChartSource) -> Figure:
    """Return `quantity`, or the first that was recorded, of every layer by update.

    Raises:
        RequestError: no run has recorded it, or it is no quantity of layers.
    """
    recorded = recorded_quantities(subject)
    quantity = subject.quantity or (recorded[0] if recorded else "")
    if not recorded:
        raise RequestError("--kind layers: expected runs with `training.record`; got none")
    one_of("--metric", quantity, recorded)
    panels = _Panels(subject, quantity)
    if not any(number_of(item["value"]) > 0 for item in panels.drawn):
        raise RequestError(f"--kind layers: expected runs with a {quantity} above 0; got none")
    words = quantity.replace("_", " ")
    title = f"{subject.comparison.title or subject.comparison.name}: {words} of each layer"
    notes = tuple(panels.notes())
    return Figure(
        "layers", subject.comparison.name, title, panels.chart(words), panels.drawn, panels.text(words), notes
    )


@dataclass(frozen=True)
class _Panels:
    """The curves of all layers, a panel for each row."""

    subject: ChartSource
    quantity: str

    @cached_property
    def curves(self) -> dict[str, dict[str, list[tuple[int, float]]]]:
        """The curves by row and layer."""
        found = {}
        for point in self.subject.comparison.points:
            records = self.subject.measurement.records_of(point)
            if curves := layer_curves(records, self.quantity):
                found[self.subject.names[point.key]] = dict(_some(curves))
        return dict(list(found.items())[:MOST_PANELS])

    @cached_property
    def drawn(self) -> Rows:
        """An item for each point of a curve, and one for each run that diverged."""
        drawn: Rows = []
        for name, curves in self.curves.items():
            for layer, points in curves.items():
                kept = thinned([value for _update, value in points], self.subject.most_points)
                drawn += [
                    {"row": name, "layer": layer, "update": update, "value": value, "diverged": None}
                    for update, value in (points[place] for place in kept)
                ]
        for point in self.subject.comparison.points:
            name = self.subject.names[point.key]
            if name in self.curves:
                drawn += divergences(name, self.subject.measurement.records_of(point), layer=None, value=None)
        return drawn

    @property
    def layers(self) -> list[str]:
        """The layers of all rows, each once, those of the deepest network first, and each row's last at the end."""
        deepest = sorted(self.curves.values(), key=len, reverse=True)
        hidden = dict.fromkeys(layer for curves in deepest for layer in list(curves)[:-1])
        last = dict.fromkeys(list(curves)[-1] for curves in deepest)
        return [*(layer for layer in hidden if layer not in last), *last]

    def chart(self, words: str) -> altair.FacetChart:
        """Return the panels, all with the same axes."""
        layers = self.layers
        legend = row_legend(layers, lines=True)
        hidden = [layer for layer in layers if layer != layers[-1]]
        colors = [*(_color(place, len(hidden)) for place in range(len(hidden))), OUTPUT]
        color = altair.Color(
            "layer:N", sort=None, title=None, scale=altair.Scale(domain=layers, range=colors), legend=legend
        )
        dashes = altair.Scale(domain=layers, range=[*([1, 0] for _layer in hidden), list(OUTPUT_DASH)])
        dash = altair.StrokeDash("layer:N", sort=None, title=None, scale=dashes, legend=legend)
        x = altair.X(
            "update:Q", scale=altair.Scale(nice=False, zero=False, padding=MARGIN), axis=altair.Axis(tickMinStep=1)
        )
        scale = altair.Scale(type="log", nice=False, padding=8)
        axis = with_log_ticks(number_axis(), log_ticks([number_of(item["value"]) for item in self.drawn]))
        y = altair.Y("value:Q", title=words, scale=scale, axis=axis)
        base = altair.Chart().properties(width=WIDTH, height=WIDTH * 3 // 4)
        positive = base.transform_filter(altair.FieldGTPredicate(field="value", gt=0))
        pointer = [altair.Tooltip("row:N"), altair.Tooltip("layer:N"), altair.Tooltip("update:Q")]
        pointer.append(altair.Tooltip("value:Q", format=".3~g"))
        line = positive.mark_line(strokeWidth=2).encode(x=x, y=y, color=color, strokeDash=dash, tooltip=pointer)
        header = altair.Header(title=None, labelFontWeight="bold", labelLimit=WIDTH)
        facet = altair.Facet("row:N", sort=list(self.curves), header=header, title=None)
        whole = altair.layer(line, *crosses(self.drawn, x), data=data_of(self.drawn))
        return whole.facet(facet=facet, columns=self._abreast())

    def _abreast(self) -> int:
        axes = self.subject.comparison.axes
        labels = len(axes[-1].labels) if axes else 1
        return labels if len(axes) > 1 and labels <= MOST_ABREAST else min(2, len(self.curves))

    def text(self, words: str) -> str:
        """Return where the first and the last layer of each row end."""
        told = []
        for name, curves in list(self.curves.items())[:MOST_TOLD]:
            ends = {layer: points[-1] for layer, points in curves.items() if points}
            if ends:
                layers = list(dict.fromkeys([next(iter(ends)), next(reversed(ends))]))
                figures = listing([f"{layer} {ends[layer][1]:.2g}" for layer in layers])
                told.append(f"{name} ends at {figures} after update {ends[layers[0]][0]:,}")
        more = [f"and {count(len(self.curves) - MOST_TOLD, 'more row')}"] if len(self.curves) > MOST_TOLD else []
        return f"{words.capitalize()} of the first and the last layer, median over seeds: {'; '.join([*told, *more])}."

    def notes(self) -> Iterator[str]:
        """Yield what is drawn, and what was left out."""
        yield "Lines are medians over seeds, from the first layer in blue to the last one, dashed."
        yield from divergence_note(self.drawn)
        if any(item["value"] == 0 for item in self.drawn):
            yield "A logarithmic axis cannot show where the number is exactly 0."
        points = self.subject.comparison.points
        recorded = [layer_curves(self.subject.measurement.records_of(point), self.quantity) for point in points]
        rows = sum(bool(curves) for curves in recorded)
        if rows > MOST_PANELS:
            yield f"Of {counted(rows, 'row')} the first {MOST_PANELS} are drawn."
        most = max(map(len, recorded))
        if most > MOST_LAYERS:
            yield f"Of up to {most} layers {MOST_LAYERS} are drawn, the first and the last among them."
        longest = max(len(curve) for curves in recorded for curve in curves.values())
        if self.subject.most_points is not None and longest > self.subject.most_points:
            yield f"Curves of up to {longest:,} updates are thinned, their extremes kept."


def _some(curves: dict[str, list[tuple[int, float]]]) -> Iterator[tuple[str, list[tuple[int, float]]]]:
    """Yield at most MOST_LAYERS layers, evenly spaced, with names that a legend has room for."""
    names, most = list(curves), min(len(curves), MOST_LAYERS)
    for place in dict.fromkeys(round(number * (len(names) - 1) / max(1, most - 1)) for number in range(most)):
        yield shortened(printable(names[place][: 4 * MAX_NAME]), MAX_NAME), curves[names[place]]


def _color(place: int, number: int) -> str:
    """Return the color of the n-th of so many hidden layers, between two of the ramp."""
    position = place / max(1, number - 1) * (len(FIRST_TO_LAST) - 1)
    low = min(int(position), len(FIRST_TO_LAST) - 2)
    ends = [_channels(color) for color in FIRST_TO_LAST[low : low + 2]]
    mixed = [round(one + (other - one) * (position - low)) for one, other in zip(*ends, strict=True)]
    return "#" + "".join(f"{channel:02X}" for channel in mixed)


def _channels(color: str) -> Sequence[int]:
    return [int(color[start : start + 2], 16) for start in (1, 3, 5)]
