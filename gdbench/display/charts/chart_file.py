"""Charts as SVG, PNG and PDF, of a given width, without a browser or network."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import altair
import vl_convert

from gdbench.display.charts.figure import WIDTH, AnyChart
from gdbench.display.charts.look import Look

# The resolution that printers ask for.
DOTS_PER_INCH = 300
# A narrower plot cannot be read: its panels stand below each other. Nor can a lower one.
NARROWEST, LOWEST = 100, 120
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
    """Return a specification with plots so wide that the whole has the width of the look."""
    if look.width is None:
        return spec
    columns = _columns(spec)
    # What labels, letters and legends take is known once it is drawn.
    beside = _drawn_width(spec) - columns * WIDTH
    plot = (look.width - beside) / columns
    if plot < NARROWEST and columns > 1:
        spec, plot = {**spec, "columns": 1}, _one_below_another(spec, look.width)
    _resize(spec, max(plot, NARROWEST / 2), flat=columns > 1 and spec["columns"] == 1)
    return spec


def _one_below_another(spec: Spec, width: int) -> float:
    return width - (_drawn_width({**spec, "columns": 1}) - WIDTH)


def _drawn_width(spec: Spec) -> float:
    found = re.search(r'<svg[^>]*? width="([\d.]+)pt"', svg(spec))
    return float(found[1]) if found else WIDTH


def _columns(spec: Spec) -> int:
    return int(spec["columns"]) if "facet" in spec else 1


def _resize(spec: Spec, width: float, *, flat: bool) -> None:
    """Set the width of every plot; those without a line for each row keep their shape."""
    for view in _views(spec):
        if "width" in view:
            height = view["height"] * width / view["width"] * (0.7 if flat else 1.0)
            if view["height"] == WIDTH * 3 // 4:
                view["height"] = round(max(height, LOWEST), 1)
            view["width"] = round(width, 1)


def _views(spec: Spec) -> Iterator[Spec]:
    yield spec
    for part in _PARTS:
        for inner in spec.get(part, ()):
            yield from _views(inner)
    if isinstance(spec.get("spec"), dict):
        yield from _views(spec["spec"])
