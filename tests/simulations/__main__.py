"""Simulates how often tables and verdicts are right: `python -m tests.simulations [PART ...]`.

The exit code is 1 if a rate is out of its bounds.
"""

import sys

from tests.simulations.parts import PARTS, TABLES
from tests.simulations.rate import markdown

HEAD = f"""# How often the verdicts are right

Simulated by `python -m tests.simulations`, {TABLES:,} tables or comparisons a setting, from fixed seeds: every machine
with the same version of numpy prints the same numbers, save for the last digit."""


def main(names: list[str]) -> int:
    """Simulate the parts of these names, all by default."""
    kept = True
    print(HEAD)
    for name, part in PARTS.items():
        if names and name not in names:
            continue
        rates = list(part.rates(TABLES))
        print(f"\n{markdown(part.TITLE, rates)}", flush=True)
        kept = kept and all(rate.is_kept for rate in rates)
    return int(not kept)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
