"""Charts as SVG, PNG and PDF, of a given width, without a browser or network."""

import copy
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import altair
import vl_convert

from gdbench.display.charts.figure import WIDTH, AnyChart
from gdbench.display.charts.look import SCREEN, Look

# The resolution that printers ask for.
DOTS_PER_INCH = 300
# A narrower plot cannot be read: its panels stand below each other. Nor can a lower one.
NARROWEST, LOWEST = 100, 120
# How much higher plots are drawn to see how the whole grows, and the least of their height that can be read.
TRIED, FLATTEST = 1.25, 0.4
# More entries side by side make a legend hard to scan.
MOST_ABREAST = 5
_VERSION = ".".join(altair.SCHEMA_VERSION.removeprefix("v").split(".")[:2])
# Where a specification holds further ones.
_PARTS = ("layer", "vconcat", "hconcat", "concat")

Spec = dict[str, Any]


def svg(spec: Spec) -> str:
    """Return a specification drawn as SVG, whose lengths are points."""
    text: str = vl_convert.vegalite_to_svg(spec, vl_version=_VERSION, allowed_base_urls=[])
    return re.sub(r'(<svg[^>]*?) width="([\d.]+)" height="([\d.]+)"', r'\1 width="\2pt" height="\3pt"', text, count=1)


def _png(spec: Spec) -> bytes:
    png: bytes = vl_convert.vegalite_to_png(spec, vl_version=_VERSION, ppi=DOTS_PER_INCH, allowed_base_urls=[])
    return png


def _pdf(spec: Spec) -> bytes:
    pdf: bytes = vl_convert.vegalite_to_pdf(spec, vl_version=_VERSION, allowed_base_urls=[])
    return pdf


FORMATS: Mapping[str, Callable[[Spec], str | bytes]] = {"svg": svg, "png": _png, "pdf": _pdf}


def chart_file(chart: AnyChart, look: Look, format_: str) -> str | bytes:
    """Return the content of a file with the chart, as wide as the look says."""
    return FORMATS[format_](fitted(chart.to_dict(), look))


def fitted(spec: Spec, look: Look) -> Spec:
    """Return a specification with plots so large that the whole has the width of the look, and its height if any."""
    if look.width is None:
        return spec
    spec = _scaled(spec, look)
    columns = _columns(spec)
    plot = _plot_width(spec, columns, look.width, WIDTH)
    if flat := plot < NARROWEST and columns > 1:
        spec, columns = {**spec, "columns": 1}, 1
        plot = _plot_width(spec, columns, look.width, WIDTH)
    found = _resized(spec, plot, flat=flat)
    # At first a legend may have been wider than the plots.
    found = _resized(spec, _plot_width(found, columns, look.width, plot), flat=flat)
    return found if look.height is None else _as_high(found, look.height)


def _plot_width(spec: Spec, columns: int, width: int, plot: float) -> float:
    """Return how wide plots must be, given that of a specification whose plots are `plot` wide."""
    # What labels, letters and legends take is known once it is drawn.
    return max(plot + (width - _drawn_size(spec, titled=False)[0]) / columns, NARROWEST / 2)


def _scaled(spec: Spec, look: Look) -> Spec:
    """Return a specification whose marks suit the size of the letters, and whose legends are no wider than the look."""
    found, factor, room = copy.deepcopy(spec), look.font_size / SCREEN.font_size, look.width or 2 * WIDTH
    for view in _views(found):
        mark = view.get("mark", {})
        # The size of a point is an area.
        powers = {
            "strokeWidth": 1,
            "thickness": 1,
            "yOffset": 1,
            "fontSize": 1,
            "size": 1 if mark.get("type") == "tick" else 2,
        }
        mark.update({name: round(mark[name] * factor**power, 2) for name, power in powers.items() if name in mark})
        for channel in view.get("encoding", {}).values():
            legend = channel.get("legend") if isinstance(channel, dict) else None
            if legend and "columns" in legend:
                longest = max(map(len, channel.get("scale", {}).get("domain", [])), default=1)
                # An entry is a symbol, a gap, and a name in letters of about half the size of the font.
                entry = (0.52 * longest + 2) * look.font_size + 34 * factor
                legend["columns"] = max(1, min(MOST_ABREAST, int(0.9 * room / entry)))
                legend["symbolSize"] = round(legend["symbolSize"] * factor**2)
    return found


def _as_high(spec: Spec, height: int) -> Spec:
    """Return a specification whose whole is so high, unless its plots would become too low to read."""
    drawn, taller = _drawn_size(spec)[1], _drawn_size(_stretched(spec, TRIED))[1]
    # Titles, labels and legends keep their heights: the whole grows in proportion to the plots.
    factor = 1 + (TRIED - 1) * (height - drawn) / max(1.0, taller - drawn)
    return _stretched(spec, max(factor, FLATTEST))


def _stretched(spec: Spec, factor: float) -> Spec:
    found = copy.deepcopy(spec)
    for view in _views(found):
        if "height" in view:
            view["height"] = round(view["height"] * factor, 1)
    return found


def _drawn_size(spec: Spec, *, titled: bool = True) -> tuple[float, float]:
    """Return the width and height of a specification as it is drawn, or without its titles, which have other widths."""
    if not titled:
        spec = copy.deepcopy(spec)
        for view in _views(spec):
            view.pop("title", None)
    found = re.search(r'<svg[^>]*? width="([\d.]+)pt" height="([\d.]+)pt"', svg(spec))
    return (float(found[1]), float(found[2])) if found else (WIDTH, WIDTH)


def _columns(spec: Spec) -> int:
    return int(spec["columns"]) if "facet" in spec else 1


def _resized(spec: Spec, width: float, *, flat: bool) -> Spec:
    """Return a specification with plots of a width; those without a line for each row keep their shape."""
    found = copy.deepcopy(spec)
    for view in _views(found):
        if "width" in view:
            height = view["height"] * width / view["width"] * (0.7 if flat else 1.0)
            if view["height"] == WIDTH * 3 // 4:
                view["height"] = round(max(height, LOWEST), 1)
            view["width"] = round(width, 1)
    return found


def _views(spec: Spec) -> Iterator[Spec]:
    yield spec
    for part in _PARTS:
        for inner in spec.get(part, ()):
            yield from _views(inner)
    if isinstance(spec.get("spec"), dict):
        yield from _views(spec["spec"])
