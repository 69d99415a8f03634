"""Faults once each, with a fake in place of training; `python -m tests.faults` tries them in full."""

import signal
import subprocess
import sys

import pytest

from tests.faults.faults import FAULTS, FULL_DISK, Fault, can_mount
from tests.faults.measure import measured, undisturbed
from tests.faults.processes import PROC
from tests.faults.trial import Account, Kind

pytestmark = pytest.mark.skipif(not (PROC / "self" / "stat").exists(), reason="finds processes in /proc")

# The system ends a sweep by these as by SIGUSR1, since the process handles none of them.
ALIKE = ("SIGUSR2", "SIGALRM", "SIGQUIT", "SIGABRT", "SIGSEGV")
HANDLED = """
import sys
from pathlib import Path
from gdbench.cli import main
sys.argv = ["gdbench", "sweep", "quickstart", "--dry-run"]
try:
    main()
except SystemExit:
    print(Path("/proc/self/status").read_text().partition("SigCgt:")[2].split()[0])
"""


@pytest.fixture(scope="module")
def kind() -> Kind:
    """What a sweep without a fault gives."""
    return undisturbed("quick")


@pytest.mark.parametrize("fault", [fault for fault in FAULTS if fault.name not in ALIKE], ids=lambda fault: fault.name)
def test_no_finished_run_is_lost_or_trained_again_and_nothing_stays(fault: Fault, kind: Kind) -> None:
    if fault.name == FULL_DISK and not can_mount():
        pytest.skip("only root may mount a small file system")
    account = measured(fault, kind, 1)
    assert account.complaints == []
    assert account == Account()


def test_signals_that_are_tried_only_in_full_are_handled_by_nobody() -> None:
    done = subprocess.run([sys.executable, "-c", HANDLED], capture_output=True, text=True, check=True)
    handled = int(done.stdout.split()[-1], 16)
    assert [name for name in (*ALIKE, "SIGUSR1") if handled >> (signal.Signals[name] - 1) & 1] == []
    assert handled >> (signal.SIGINT - 1) & 1


@pytest.mark.long
def test_the_faults_in_full() -> None:
    real = undisturbed("real")
    accounts = {fault.name: measured(fault, real, fault.times) for fault in FAULTS}
    assert {name: account for name, account in accounts.items() if account != Account()} == {}
