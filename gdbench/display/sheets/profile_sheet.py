"""The performance profile of an experiment as people read it, and in full for programs."""

import math
import sys

from gdbench.comparison.performance_profile import LARGEST_RATIO, PerformanceProfile
from gdbench.display.sheets.printout import JsonModel
from gdbench.display.sheets.sheet import Column, Sheet, Unit
from gdbench.text import counted, listing

_SHARE = Unit(decimals=0, percent=True)
_AREA = Unit(decimals=2)


def profile_sheet(profile: PerformanceProfile) -> Sheet:
    """Return the profile of each row that the comparisons have in common, the largest area first."""
    columns = (
        Column("row", align="left", label=True),
        Column("reached", _SHARE),
        Column("fastest", _SHARE),
        Column("within x 2", _SHARE),
        Column("area", _AREA),
    )
    ranked = sorted(profile.rows, key=lambda row: -row.area)
    rows = tuple(
        (row.key, row.share_within(sys.float_info.max), row.share_within(1), row.share_within(2), row.area)
        for row in ranked
    )
    problems = counted(profile.problems, "problem")
    missing = (f"{counted(profile.missing, 'problem')} with runs to come",) if profile.missing else ()
    titles = listing(list(profile.comparisons.values()), "or")
    notes = (
        f"a problem is one seed of {titles}; shares are of {problems}, a missed target takes infinitely long",
        f"area: under the share of problems within x times the fastest row, x from 1 to {LARGEST_RATIO:g}",
        *(() if any(row.area for row in ranked) else ("no row reached its target in any problem",)),
        *missing,
    )
    best = frozenset({0}) if any(row.area for row in ranked) else frozenset[int | tuple[int, int]]()
    return Sheet(f"Performance profile: {profile.cost} to the target", columns, rows, notes, best)


def flat_profile(profile: PerformanceProfile) -> Sheet:
    """Return every ratio of every row, in increasing order, beside the area of the row."""
    rows = tuple(
        (row.key, place, ratio, row.area) for row in profile.rows for place, ratio in enumerate(row.ratios, start=1)
    )
    return Sheet("", tuple(map(Column, ("row", "problem", f"ratio_of_{profile.cost}", "area"))), rows)


def profile_model(profile: PerformanceProfile) -> JsonModel:
    """Return the profile for programs: the ratios of every row in increasing order, None for a missed target."""
    rows: list[JsonModel] = [
        {
            "row": row.key,
            "reached": row.share_within(sys.float_info.max),
            "fastest": row.share_within(1),
            "within_2": row.share_within(2),
            "area": row.area,
            # JSON has no infinity, and a missed target is no divergence.
            "ratios": [None if math.isinf(ratio) else ratio for ratio in row.ratios],
        }
        for row in profile.rows
    ]
    return {
        "cost": profile.cost,
        "comparisons": list(profile.comparisons),
        "problems": profile.problems,
        "missing": profile.missing,
        "largest_ratio": LARGEST_RATIO,
        "rows": rows,
    }
