"""Contour lines of a test function over the part of the plane that a chart shows."""

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gdbench.catalog.datasets.surfaces import Surface

if TYPE_CHECKING:
    from gdbench.display.charts.figure import Rows

Place = tuple[float, float]
# Points along each side of the grid, and levels of the contours.
SIDE, LEVELS = 201, 12
# The lowest contour is this share of the height of the window, above the minimum.
LOWEST = 1e-4
MARGIN = 0.05


@dataclass(frozen=True, slots=True)
class Window:
    """The part of the plane that is drawn."""

    left: float
    right: float
    bottom: float
    top: float

    def holds(self, x: float, y: float) -> bool:
        """Whether a point is inside."""
        return self.left <= x <= self.right and self.bottom <= y <= self.top

    def around(self) -> "Window":
        """Return a window three times as wide and as high, with this one in its middle."""
        width, height = self.right - self.left, self.top - self.bottom
        return Window(self.left - width, self.right + width, self.bottom - height, self.top + height)

    def inside(self, one: Place, other: Place) -> tuple[Place, Place] | None:
        """Return the part of a line between two points inside, None if there is none (Liang and Barsky 1984)."""
        first, last = 0.0, 1.0
        for axis, (low, high) in enumerate(((self.left, self.right), (self.bottom, self.top))):
            begin, step = one[axis], other[axis] - one[axis]
            if step == 0:
                if not low <= begin <= high:
                    return None
                continue
            ends = sorted(((low - begin) / step, (high - begin) / step))
            first, last = max(first, ends[0]), min(last, ends[1])
        if first > last:
            return None
        near, far = (
            (one[0] + share * (other[0] - one[0]), one[1] + share * (other[1] - one[1])) for share in (first, last)
        )
        return (one if first == 0 else near), (other if last == 1 else far)


def window_of(surface: Surface, starts: list[tuple[float, float]]) -> Window:
    """Return a window with the usual domain of a function and all starts, and a margin."""
    corners = [surface.lowest, surface.highest, *starts]
    lows, highs = ([choose(corner[axis] for corner in corners) for axis in (0, 1)] for choose in (min, max))
    margins = [MARGIN * (high - low) for low, high in zip(lows, highs, strict=True)]
    return Window(lows[0] - margins[0], highs[0] + margins[0], lows[1] - margins[1], highs[1] + margins[1])


def contour_rows(surface: Surface, window: Window) -> "Rows":
    """Return the points of contour lines at log-spaced heights above the minimum; `depth` is 1 at the lowest."""
    import contourpy
    import numpy as np

    x, y = np.linspace(window.left, window.right, SIDE), np.linspace(window.bottom, window.top, SIDE)
    heights = surface.value(*np.meshgrid(x, y), np.cos)
    lowest = min(surface.value(*minimum, np.cos) for minimum in surface.minima)
    extent = float(heights.max()) - lowest
    # Above a narrow valley the root grows evenly, so that lines between the points of the grid follow it.
    generator = contourpy.contour_generator(x, y, np.sqrt(np.maximum(heights - lowest, 0)))
    rows: Rows = []
    line = 0
    for number, above in enumerate(np.geomspace(LOWEST, 1, LEVELS, endpoint=False)):
        level = lowest + extent * above
        for points in generator.lines(math.sqrt(level - lowest)):
            rows += [
                {
                    "line": line,
                    "index": index,
                    "x": round(float(point[0]), 4),
                    "y": round(float(point[1]), 4),
                    "level": float(f"{level:.4g}"),
                    "depth": 1 - number / LEVELS,
                }
                for index, point in enumerate(points)
            ]
            line += 1
    return rows
