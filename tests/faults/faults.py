"""The faults: what is done to a sweep while it runs."""

import os
import resource
import shutil
import signal
import subprocess
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.faults.processes import fork_server, within, workers
from tests.faults.trial import RUNS, STUCK_SECONDS, Trial

Apply = Callable[[Trial], None]
# The exit code of a sweep that cannot be carried out.
CANNOT = 1
DISK_BYTES = 256 * 1024


@dataclass(frozen=True)
class Fault:
    """One fault: its name, how often it is tried in full, what is done, and the exit code that is due if
    only one is; `prepare` is called before the sweep starts."""

    name: str
    times: int
    apply: Apply
    code: int | None = None
    prepare: Apply = lambda _trial: None


def kill_sweep(trial: Trial) -> None:
    trial.wait_for_a_moment()
    send(trial.process.pid, signal.SIGKILL)


def kill_group(trial: Trial) -> None:
    trial.wait_for_a_moment()
    with suppress(ProcessLookupError):
        os.killpg(trial.process.pid, signal.SIGKILL)


def kill_worker(trial: Trial) -> None:
    within(STUCK_SECONDS, lambda: workers(trial.process.pid) or trial.is_over())
    trial.wait_for_records(0, RUNS - 2)
    if alive := workers(trial.process.pid):
        send(trial.random.choice(alive), signal.SIGKILL)


def kill_fork_server(trial: Trial) -> None:
    within(STUCK_SECONDS, lambda: fork_server(trial.process.pid) or trial.is_over())
    trial.wait_for_records(0, RUNS - 2)
    if server := fork_server(trial.process.pid):
        send(server, signal.SIGKILL)


def send(pid: int, number: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, number)


def sends(number: signal.Signals) -> Apply:
    """A fault that sends a signal to the sweep."""

    def apply(trial: Trial) -> None:
        trial.wait_for_a_moment()
        send(trial.process.pid, number)

    return apply


def sends_to_group(number: signal.Signals) -> Apply:
    """A fault that sends a signal to all processes of a terminal."""

    def apply(trial: Trial) -> None:
        trial.wait_for_a_moment()
        with suppress(ProcessLookupError):
            os.killpg(trial.process.pid, number)

    return apply


def stop_and_continue(trial: Trial) -> None:
    trial.wait_for_a_moment()
    send(trial.process.pid, signal.SIGSTOP)
    within(0.5, trial.is_over)
    send(trial.process.pid, signal.SIGCONT)


def fill_disk(trial: Trial) -> None:
    """Put the results on a file system of their own that has room for a few records only."""
    trial.results.mkdir()
    mount(trial.results)
    filler = trial.results / "filler"
    filler.write_bytes(bytes(DISK_BYTES - 4096 * trial.random.randrange(4, 7)))
    trial.give_back = filler.unlink


def mount(folder: Path) -> None:
    """Put a small file system in the place of a folder, which root may do, if not in every container.

    Raises:
        CalledProcessError: it is not allowed.
    """
    command = ["mount", "-t", "tmpfs", "-o", f"size={DISK_BYTES}", "gdbench-faults", str(folder)]
    subprocess.run(command, check=True, capture_output=True)


def can_mount() -> bool:
    """Whether this process may mount a file system."""
    with TemporaryDirectory() as folder:
        try:
            mount(Path(folder))
        except (OSError, subprocess.CalledProcessError):
            return False
        subprocess.run(["umount", folder], check=True)
    return True


def limit_files(trial: Trial) -> None:
    """Let no file of the sweep grow beyond a few records."""
    size = trial.random.randrange(4096, 12_288)
    resource.prlimit(trial.process.pid, resource.RLIMIT_FSIZE, (size, size))


def wait(trial: Trial) -> None:
    within(STUCK_SECONDS, trial.is_over)


def replace(trial: Trial) -> None:
    """As `sed -i` or an editor's save does."""
    new = trial.ledger.with_name("new")
    new.write_bytes(trial.ledger.read_bytes())
    new.replace(trial.ledger)


def replace_with_older(trial: Trial) -> None:
    """As `git stash` does."""
    lines = trial.ledger.read_bytes().splitlines(keepends=True)
    new = trial.ledger.with_name("new")
    new.write_bytes(b"".join(lines[: len(lines) // 2]))
    new.replace(trial.ledger)


def cut_off(trial: Trial) -> None:
    os.truncate(trial.ledger, trial.ledger.stat().st_size // 2)


def empty(trial: Trial) -> None:
    os.truncate(trial.ledger, 0)


def move(trial: Trial) -> None:
    trial.ledger.rename(trial.folder / "moved")


def remove(trial: Trial) -> None:
    trial.ledger.unlink()


def move_folder(trial: Trial) -> None:
    trial.own.rename(trial.folder / "moved")


def remove_folder(trial: Trial) -> None:
    # What a sweep writes meanwhile may be in the way.
    shutil.rmtree(trial.own, ignore_errors=True)


def in_the_middle(change: Apply) -> Apply:
    """A fault that changes the ledger once some runs are recorded."""

    def apply(trial: Trial) -> None:
        trial.wait_for_records(1, RUNS // 2)
        if not trial.is_over():
            change(trial)

    return apply


FULL_DISK = "full disk"
SIGNALS = ("SIGTERM", "SIGHUP", "SIGINT", "SIGQUIT", "SIGPIPE", "SIGUSR1", "SIGUSR2", "SIGALRM", "SIGABRT", "SIGSEGV")
LEDGER_CHANGES = (replace, replace_with_older, cut_off, empty, move, remove, move_folder, remove_folder)
FAULTS = (
    Fault("kill -9 of the sweep", 15, kill_sweep),
    Fault("kill -9 of its process group", 10, kill_group),
    Fault("kill -9 of a worker", 15, kill_worker, 0),
    Fault("kill -9 of the fork server", 10, kill_fork_server),
    *(Fault(name, 3, sends(signal.Signals[name])) for name in SIGNALS),
    *(Fault(f"{name} to the group", 3, sends_to_group(signal.Signals[name])) for name in ("SIGINT", "SIGTERM")),
    Fault("stopped and continued", 3, stop_and_continue, 0),
    Fault(FULL_DISK, 3, wait, CANNOT, fill_disk),
    Fault("files limited in size", 3, limit_files, CANNOT),
    *(
        Fault(f"ledger: {change.__name__.replace('_', ' ')}", 2, in_the_middle(change), CANNOT)
        for change in LEDGER_CHANGES
    ),
)
