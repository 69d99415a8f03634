"""Tries the full number of cases: `python -m tests.fuzz [PART ...] [--seed N]`; exits with 1 if any of them fails.

The cases are the same ones every time, unless a seed asks for others.
"""

import argparse
import sys
import time

from tests.fuzz.parts import PARTS
from tests.fuzz.search import Report, search


def main(names: list[str], seed: int | None) -> int:
    """Search the parts of these names, all by default."""
    failed = False
    print("| inputs | cases | failures | minutes |\n| :--- | ---: | ---: | ---: |", flush=True)
    for part in PARTS:
        if names and part.name not in names:
            continue
        begun = time.monotonic()
        report = search(part, part.full_count, watch, seed)
        failures = sum(found.count for found in report.kinds.values())
        minutes = (time.monotonic() - begun) / 60
        print(f"| {part.name} | {report.tried:,} | {failures:,} | {minutes:.0f} |", flush=True)
        for kind, found in report.kinds.items():
            print(f"\n{kind}: {found.count} cases\n{str(found.case)[:2000]}\n{found.details[-2000:]}", flush=True)
        failed = failed or bool(report.kinds)
    return int(failed)


def watch(report: Report[object]) -> None:
    if report.tried % 500 == 0:
        print(f"{report.tried:,} cases, {len(report.kinds)} kinds of failure", file=sys.stderr, flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="PART", help=", ".join(part.name for part in PARTS))
    parser.add_argument("--seed", type=int, metavar="N", help="try other cases: those of this seed")
    chosen = parser.parse_args()
    sys.exit(main(chosen.parts, chosen.seed))
