"""What a table comes to, in sentences: which row is best, by how much, and what that rests on."""

import math
import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations

from gdbench.comparison.background import Background
from gdbench.comparison.separation import Difference, RowSeparation, Separation
from gdbench.comparison.statistics import Statistics
from gdbench.display.sheets.headings import SPLIT_WORDS
from gdbench.display.sheets.sheet import OwnNote
from gdbench.display.sheets.units import P_VALUE, unit_of
from gdbench.experiment.sequential_seeds import MOST_ROWS
from gdbench.metrics import Metric
from gdbench.text import counted, listing

# From this number of seeds on, no more tables than promised show a difference that is not there.
ENOUGH_SEEDS = 5
# A sentence names no more rows than this.
MOST_NAMED = 4


@dataclass(frozen=True, slots=True)
class Answer:
    """The sentences under a table; `precision` is the number of decimals of the metric, if not the usual one.

    `letters` says whether the table shows those of its rows; `names` has the names of rows that are not called by their
    keys. Where the table shows only some rows, `shown` has their keys.
    """

    separation: Separation
    metric: Metric
    precision: int | None = None
    letters: bool = True
    names: Mapping[str, str] = field(default_factory=dict)
    shown: Collection[str] | None = None

    def sentences(self) -> list[str]:
        """Return the answer in a sentence, how far the baseline is, and how to read letters."""
        found = self.separation
        if found.obstacle:
            return [text for text in (self._obstacle(),) if text]
        return [
            OwnNote(self._closing()),
            *self._wider_than_the_test(),
            *self._against_the_baseline(),
            *self._caution(),
            self._legend(),
        ]

    def _closing(self) -> str:
        found = self.separation
        if not found.separated:
            return f"No two rows can be told apart with {counted(found.seeds, 'seed')}{self._detectable()}."
        best = self._name(str(found.best))
        nearest = self._nearest_apart()
        if len(found.top) == 1:
            return f"{best} is best: {self._distance(nearest)}."
        alike = (
            f"{self._named(found.top)} cannot be told apart"
            if self._share_a_letter(found.top)
            else f"{self._named(found.top[1:])} cannot be told apart from {best}, which has the best mean"
        )
        alike = f"{alike}{self._pairs_among_the_top()}"
        return f"{alike}; {best} is {self._distance(nearest)}." if nearest else f"{alike}."

    def _pairs_among_the_top(self) -> str:
        """Return `, although dropout and both differ` where rows that the best one is not told apart from do."""
        others = self.separation.top[1:]
        pairs = [pair for pair in combinations(others, 2) if not self._share_a_letter(pair)]
        if len(pairs) > 1:
            return f", although {len(pairs)} pairs of these differ"
        return f", although {listing([self._name(row) for row in pairs[0]])} differ" if pairs else ""

    def _wider_than_the_test(self) -> Iterator[str]:
        """Yield why an interval contains 0 although its p-value is small, where the one that is printed does."""
        nearest = self._nearest_apart()
        difference = self.separation.rows[nearest].from_best if nearest else None
        if difference and -math.inf < difference.low <= 0 <= difference.high < math.inf:
            yield "Intervals (Bonferroni) are wider than the test (Holm), so one may include 0."

    def _nearest_apart(self) -> str | None:
        """Return the row next to the best that is shown to differ from it."""
        found = self.separation
        apart = {
            key: abs(row.from_best.mean)
            for key, row in found.rows.items()
            if row.from_best and row.group and key not in found.top
        }
        return min(apart, key=lambda key: apart[key]) if apart else None

    def _distance(self, other: str | None) -> str:
        """Return `1.65 points above momentum (1.28 to 2.02; adjusted p < 0.0001 for 3 pairs)`."""
        found = self.separation
        difference = found.rows[other].from_best if other else None
        if other is None or difference is None:
            return "the others have no value that counts"
        return f"{self._apart(_reversed(difference))} {self._name(other)} ({self._evidence(_reversed(difference))})"

    def _apart(self, difference: Difference) -> str:
        return f"{self.amount(abs(difference.mean))} {'above' if difference.mean >= 0 else 'below'}"

    def _evidence(self, difference: Difference) -> str:
        """Return the interval of a distance, counted in its direction, and the p-value."""
        unit = unit_of(self.metric, self.precision)
        ends = sorted(end if difference.mean >= 0 else -end for end in (difference.low, difference.high))
        interval = "" if any(map(math.isinf, ends)) else f"{unit.bare(ends[0])} to {unit.bare(ends[1])}; "
        p_value = P_VALUE.text(difference.p)
        equals = "" if p_value.startswith("<") else "= "
        return f"{interval}adjusted p {equals}{p_value} for {counted(self.separation.pairs, 'pair')}"

    def _against_the_baseline(self) -> Iterator[str]:
        found = self.separation
        baseline = found.baseline
        if baseline is None:
            return
        if found.rows[baseline].group is None:
            yield f"{self._name(baseline)} is no baseline here: not all of its runs have a value that counts."
            return
        rivals = {
            key: row.from_baseline
            for key, row in found.rows.items()
            if row.from_baseline and row.group and (self.shown is None or key in self.shown)
        }
        alike = [key for key in rivals if self._share_a_letter([key, baseline])]
        apart = [(key, difference) for key, difference in rivals.items() if key not in alike]
        if apart:
            parts = [f"{self._name(key)} {self._apart(difference)}" for key, difference in apart[:MOST_NAMED]]
            more = Counter("above" if difference.mean >= 0 else "below" for _key, difference in apart[MOST_NAMED:])
            parts += [f"{number} more {side}" for side, number in more.items()]
            rest = f"; {self._named(alike)} cannot be told apart from it" if alike else ""
            yield f"Against {self._name(baseline)}: {listing(parts)}{rest}."
        elif alike:
            rows = "No row can" if self.shown is None else f"{self._named(alike)} cannot"
            yield f"{rows} be told apart from {self._name(baseline)}."

    def _caution(self) -> Iterator[str]:
        if self.separation.seeds < ENOUGH_SEEDS:
            found = "up to 8 % of such tables show a difference that isn't real"
            yield f"Few seeds: with {self.separation.seeds}, {found}."

    def _legend(self) -> str:
        found = self.separation
        test = f"{found.test} t, Holm, {counted(found.pairs, 'pair')}"
        if not self.letters:
            return f"Left out for lack of room: letters, which say which rows are shown to differ ({test})."
        text = f"Rows sharing a letter are not shown to differ ({test})."
        if all(row.group for row in found.rows.values()):
            return text
        other_data = ", or a training loss on other data," if self.metric.split == "train" else ""
        return f"{text} A row with a missing, failed, diverged or partly collapsed run{other_data} takes none (-)."

    def _detectable(self) -> str:
        size = self.separation.detectable
        if size is None or not math.isfinite(size) or self.separation.seeds < ENOUGH_SEEDS:
            return ""
        return f"; a difference of about {self.amount(size)} would have been found in 80 of 100 such tables"

    def _obstacle(self) -> str:
        found = self.separation
        match found.obstacle:
            case "few_seeds":
                seeds = counted(found.seeds, "seed")
                return f"With {seeds} nothing is decided: take 3, or better {ENOUGH_SEEDS} or more."
            case "no_spread":
                return "No row varies over its seeds, so rows get no letters."
            case "too_many_rows":
                return f"More than {MOST_ROWS} rows: there are neither letters nor p-values."
            case "one_row" if len(found.rows) > 1:
                rows = "two rows without a missing, failed, diverged or partly collapsed run"
                return f"Nothing is compared: it takes {rows}."
        return ""

    def amount(self, size: float) -> str:
        """Return a difference without its sign: `1.65 points`."""
        number = unit_of(self.metric, self.precision).bare(size)
        words = {
            "accuracy": " points",
            "error": " points",
            "loss": "",
            "seconds": " seconds",
            "rate": " images per second",
            "epochs": " epochs",
            "updates": " updates",
        }
        return f"{number}{words[self.metric.kind]}"

    def _share_a_letter(self, keys: Sequence[str]) -> bool:
        return bool(set.intersection(*(_letters(self.separation.rows[key]) for key in keys)))

    def _named(self, rows: Sequence[str]) -> str:
        names = [self._name(row) for row in rows]
        more = f"{len(names) - MOST_NAMED} more"
        return listing(names if len(names) <= MOST_NAMED + 1 else [*names[:MOST_NAMED], more])

    def _name(self, row: str) -> str:
        return row_name(self.names.get(row, row))


def _letters(row: RowSeparation) -> set[str]:
    # Numbers above 26 groups.
    return set(re.findall(r"\d+|[a-z]", row.group or ""))


def _reversed(difference: Difference) -> Difference:
    return Difference(-difference.mean, -difference.high, -difference.low, difference.p)


def row_name(row: str) -> str:
    """Return a row's name, in quotes where it has a comma of its own."""
    return f"'{row}'" if "," in row else row


def interval_note(metric: Metric, background: Background, index: int, figures: Sequence[Statistics]) -> str:
    """Return what the intervals of rows are of, and what they leave out: the draw of the images."""
    drawn = "" if metric.timed else f" ({', '.join(background.drawn)}; the data are the same)"
    # Rows of an unfinished sweep may have different numbers of runs.
    fewest, most = (choose(each.n for each in figures) for choose in (min, max))
    seeds = counted(most, "seed") if fewest == most else f"{fewest} to {most} seeds"
    text = f"95 % intervals: Student's t over {seeds}{drawn}."
    images = background.images[index]
    shares = [each.mean for each in figures if each.mean is not None and 0 < each.mean < 1]
    if images is None or metric.split is None or metric.of_answers or not shares:
        return text
    # The images are a draw as well, the same one in every run: a binomial distribution.
    halves = sorted(100 * 1.96 * math.sqrt(share * (1 - share) / images) for share in shares)
    ends = dict.fromkeys(f"{half:.0f}" if half >= 1 else f"{half:.1g}" for half in (halves[0], halves[-1]))
    points = f"{' to '.join(ends)} point{'' if list(ends) == ['1'] else 's'}"
    words = SPLIT_WORDS[metric.split].partition(" ")[0]
    moved = f"another draw would move a row by about {points} (1.96 sqrt(p (1 - p) / N))"
    return f"{text} For these {images:,} {words} {background.noun}: {moved}."
