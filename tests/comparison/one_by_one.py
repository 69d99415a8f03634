"""Evidence on claims from one pair of rows after another, as the formulas stand; judging all at once must agree."""

import math
from itertools import combinations, permutations, product

from scipy.special import bdtrc, stdtr


class OnePair:
    """One row minus another; `steps` are the smallest differences between two values of each."""

    def __init__(self, one, other, steps=(0.0, 0.0)):
        pairs = [(a, b) for a, b in zip(one, other, strict=True) if a is not None and b is not None]
        numbers = [pair for pair in pairs if all(map(math.isfinite, pair))]
        ends = [pair for pair in pairs if not all(map(math.isfinite, pair))]
        largest = max((abs(number) for pair in numbers for number in pair), default=0.0)
        self.finite = [a - b for a, b in numbers]
        self.ups, self.downs, self.both = (
            sum(map(test, ends)) for test in (lambda p: p[0] > p[1], lambda p: p[0] < p[1], lambda p: p[0] == p[1])
        )
        self.rounding = 1e-12 * largest
        self.floor = math.fsum(step**2 for step in steps) / 12

    def mirrored(self):
        pair = OnePair((), ())
        vars(pair).update(vars(self), finite=[-number for number in self.finite], ups=self.downs, downs=self.ups)
        return pair

    def above(self, bound=0.0, zeros=None):
        zeros = self.both if zeros is None else zeros
        return min(self._above(bound, zeros, ups) for ups in range(self.ups + 1))

    def near(self, tolerance):
        return 1.0 if self.downs else self.above(-tolerance, 0)

    def apart(self, tolerance):
        ends = [(self.ups, self.downs)]
        if not (self.ups and self.downs):
            ends = product(range(self.ups + 1), range(self.downs + 1))
        return min(self._apart(tolerance, *each) for each in ends)

    def _above(self, bound, zeros, ups):
        finite, values = self._values(zeros, ups, self.downs)
        if len(values) < 3:
            return 1.0
        if len(finite) < 2:
            return self._by_count(ups, len(values))
        mean = math.fsum(values) / len(values)
        return max(self._t(mean - bound, finite, values), self._smallest(finite))

    def _apart(self, tolerance, ups, downs):
        finite, values = self._values(self.both, ups, downs)
        if len(values) < 3:
            return 1.0
        if len(finite) < 2:
            return min(1.0, 2 * min(self._by_count(ends, len(values)) for ends in (ups, downs)))
        mean = abs(math.fsum(values) / len(values))
        p_value = self._t(mean - tolerance, finite, values) + self._t(mean + tolerance, finite, values)
        return max(p_value, 2 * self._smallest(finite))

    def _values(self, zeros, ups, downs):
        finite = self.finite + [0.0] * zeros
        size = max(map(abs, finite), default=0.0)
        return finite, finite + [size] * ups + [-size] * downs

    def _smallest(self, finite):
        return 0.25 ** len(finite) if max(finite) - min(finite) <= self.rounding else 0.0

    def _by_count(self, ends, count):
        return float(bdtrc(ends - 1, count, 0.25)) if ends else 1.0

    def _t(self, excess, finite, values):
        if abs(excess) <= self.rounding:
            return 0.5
        error = math.sqrt(max(_variance(finite), _variance(values), self.floor) / len(values))
        return float(stdtr(len(finite) - 1, -(excess / error if error else math.copysign(math.inf, excess))))


def _variance(values):
    mean = math.fsum(values) / len(values)
    return math.fsum((value - mean) ** 2 for value in values) / (len(values) - 1)


def spread(samples, step, bound):
    pairs = [OnePair(*pair, (step, step)) for pair in combinations(samples, 2)]
    near = max(max(pair.near(bound), pair.mirrored().near(bound)) for pair in pairs)
    return near, min(1.0, len(pairs) * min(pair.apart(bound) for pair in pairs))


def rising(samples, step, tolerance):
    """Return the p-values for and against samples that stand in ascending order."""
    pairs = [OnePair(high, low, (step, step)) for low, high in combinations(samples, 2)]
    shown = [OnePair(samples[-1], samples[0], (step, step)).above()]
    shown += [pair.near(tolerance) if tolerance else pair.above() for pair in pairs]
    return max(shown), min(1.0, len(pairs) * min(pair.mirrored().above() for pair in pairs))


def best(samples, step, tolerance):
    """Return the p-values for and against the first sample being the largest."""
    pairs = [OnePair(samples[0], rival, (step, step)) for rival in samples[1:]]
    against = min(1.0, len(pairs) * min(pair.mirrored().above() for pair in pairs))
    return max(pair.near(tolerance) for pair in pairs), against


def opposed(first, second):
    """Return the p-values for and against two metrics, without steps, that rank the rows oppositely."""
    above, second_above = (
        {(i, j): OnePair(rows[i], rows[j]).above() for i, j in permutations(range(len(rows)), 2)}
        for rows in (first, second)
    )
    opposite = {(i, j): max(p_value, second_above[j, i]) for (i, j), p_value in above.items()}
    same = [max(p_value, second_above[pair]) for pair, p_value in above.items()]
    shown = [min(1.0, 2 * min(opposite[i, j], opposite[j, i])) for i, j in above]
    return max(shown), min(1.0, len(same) * min(same))
