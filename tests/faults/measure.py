"""Tries a fault several times."""

import subprocess
import time
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from tests.faults.faults import Fault
from tests.faults.trial import Account, Kind, Trial, done


def undisturbed(name: str) -> Kind:
    """Sweep once without a fault."""
    with TemporaryDirectory() as folder:
        begun = time.monotonic()
        trial = Trial(Path(folder), Kind(name), Random(0))
        trial.begin()
        left = trial.end()
        assert trial.process.returncode == 0, trial.said("first")
        assert not left, trial.wrong
        trial.temporary.cleanup()
        return Kind(name, done(trial.ledger), time.monotonic() - begun)


def measured(fault: Fault, kind: Kind, times: int) -> Account:
    """Try a fault so many times; the moments are random, but the same every time."""
    total = Account()
    for number in range(times):
        with TemporaryDirectory() as folder:
            account = tried(fault, Trial(Path(folder), kind, Random(f"{fault.name} {number}")))
        total.lost += account.lost
        total.repeated += account.repeated
        total.left_over += account.left_over
        total.complaints += account.complaints
    return total


def tried(fault: Fault, trial: Trial) -> Account:
    """Apply a fault once, resume the sweep, and say what became of its runs."""
    fault.prepare(trial)
    trial.begin()
    try:
        fault.apply(trial)
        account = trial.account()
    finally:
        trial.kill_all()
        trial.temporary.cleanup()
        if trial.results.is_mount():
            subprocess.run(["umount", str(trial.results)], check=True)
    if fault.code is not None and trial.process.returncode != fault.code:
        codes = f"expected exit code {fault.code}; got {trial.process.returncode}"
        account.complaints.append(f"{codes}: {trial.said('first')}")
    if account.lost or account.repeated:
        account.complaints.append(f"lost {account.lost}, repeated {account.repeated}: {trial.said('first')}")
    return account
