"""Disturbs sweeps in every way and resumes them: `python -m tests.faults [--quick] [FAULT ...]`, in about half an hour.

Prints a row a fault: how often it was tried, how many finished runs were lost or trained again, and how many processes
and temporary files were left 2 seconds after the end. With --quick a fake stands in for training.
"""

import sys

from tests.faults.faults import FAULTS, FULL_DISK, can_mount
from tests.faults.measure import measured, undisturbed


def main(arguments: list[str]) -> int:
    """Try the faults of these names, all by default."""
    kind = undisturbed("quick" if "--quick" in arguments else "real")
    names = [argument for argument in arguments if not argument.startswith("-")]
    complaints = []
    print("| fault | times | lost | repeated | left over |\n| :--- | ---: | ---: | ---: | ---: |", flush=True)
    for fault in FAULTS:
        if fault.name == FULL_DISK and not can_mount():
            complaints.append(f"{FULL_DISK}: not tried: only root may mount a small file system")
        elif not names or any(name in fault.name for name in names):
            account = measured(fault, kind, fault.times)
            counts = f"{account.lost} | {account.repeated} | {account.left_over}"
            print(f"| {fault.name} | {fault.times} | {counts} |", flush=True)
            complaints += [f"{fault.name}: {complaint}" for complaint in account.complaints]
    print("", *complaints, sep="\n")
    return int(bool(complaints))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
