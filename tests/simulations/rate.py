"""What a simulation finds: how often something happens, and how often it may or must."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Rate:
    """A share of simulated comparisons, or of pairs of rows in them; a rate without a bound is only shown."""

    setting: str
    share: float
    at_most: float | None = None
    at_least: float | None = None

    @property
    def is_kept(self) -> bool:
        """Whether the share is within its bounds."""
        return (self.at_most is None or self.share <= self.at_most) and (
            self.at_least is None or self.share >= self.at_least
        )

    @property
    def bound(self) -> str:
        if self.at_most is not None:
            return f"at most {100 * self.at_most:.1f} %"
        return "" if self.at_least is None else f"at least {100 * self.at_least:.0f} %"


def markdown(title: str, rates: list[Rate]) -> str:
    """Return a table of rates in percent, each beside its bound."""
    lines = [f"| {title} | simulated | bound |", "| :--- | ---: | ---: |"]
    lines += [f"| {rate.setting} | {100 * rate.share:.1f} % | {rate.bound} |" for rate in rates]
    return "\n".join(lines)
