"""Tries the full number of cases: `python -m tests.fuzz [PART ...]`; the exit code is 1 if any of them fails."""

import sys
import time

from tests.fuzz.parts import PARTS
from tests.fuzz.search import Report, search


def main(names: list[str]) -> int:
    """Search the parts of these names, all by default."""
    failed = False
    print("| inputs | cases | failures | minutes |\n| :--- | ---: | ---: | ---: |", flush=True)
    for part in PARTS:
        if names and part.name not in names:
            continue
        begun = time.monotonic()
        report = search(part, part.full_count, watch)
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
    sys.exit(main(sys.argv[1:]))
