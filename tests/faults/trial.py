"""One sweep that is disturbed and resumed with the same command, and what became of its runs."""

import json
import os
import re
import resource
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from tests.faults.processes import of_session, within
from tests.faults.trainers import JOURNAL

REPOSITORY = Path(__file__).parents[2]
NAME = "rates"
CONFIGURATIONS = {
    "quick": "seeds: 3\ngrid: {optimizer.learning_rate: [0.001, 0.01, 0.1, 1]}\n",
    "real": "dataset: {train: 500, test: 200}\narchitecture: {name: mlp, hidden: [8]}\nseeds: 3\n"
    "training: {epochs: 20, batch_size: 50, compile: graph}\ngrid: {optimizer.learning_rate: [0.001, 0.01, 0.1, 1]}\n",
}
RUNS = 12
# No process may live, and no temporary file stay, longer after the end of a sweep.
GRACE_SECONDS = 2
STUCK_SECONDS = 120

Numbers = Mapping[str, object]


@dataclass
class Account:
    """What a fault did: runs lost and repeated, what was left over, and what else was wrong."""

    lost: int = 0
    repeated: int = 0
    left_over: int = 0
    complaints: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Kind:
    """How the runs are trained, what an undisturbed sweep gives, and how many seconds it takes."""

    name: str
    numbers: Mapping[str, Numbers] = field(default_factory=dict)
    seconds: float = 0


class Trial:
    """A sweep in a folder of its own, and its temporary files in another."""

    def __init__(self, folder: Path, kind: Kind, random: Random) -> None:
        """Write the configuration."""
        self.folder = folder
        self.kind = kind
        self.random = random
        self.results = folder / "results"
        # A short path, since sockets in it may have 107 letters.
        self.temporary = TemporaryDirectory(prefix="f")
        # What a fault took away while the sweep ran, and gives back before it is resumed.
        self.give_back: Callable[[], object] = lambda: None
        (folder / f"{NAME}.yaml").write_text(CONFIGURATIONS[kind.name], encoding="utf-8")
        self.seen: set[str] = set()
        self.wrong: list[str] = []

    @property
    def own(self) -> Path:
        """The results folder of the experiment."""
        return self.results / NAME

    @property
    def ledger(self) -> Path:
        return self.own / "runs.jsonl"

    def begin(self) -> None:
        """Start the sweep that is disturbed."""
        self.process = self.start("first")

    def start(self, name: str) -> subprocess.Popen[bytes]:
        """Start the sweep, whose journal and output are called `name`."""
        arguments = [self.kind.name, "sweep", f"{NAME}.yaml", "--workers", "2"]
        environment = {**os.environ, "PYTHONPATH": str(REPOSITORY), "TMPDIR": self.temporary.name}
        environment[JOURNAL] = str(self.folder / f"{name}.journal")
        with (self.folder / f"{name}.out").open("wb") as out, (self.folder / f"{name}.err").open("wb") as err:
            return subprocess.Popen(
                [sys.executable, "-m", "tests.faults.sweep", *arguments],
                cwd=self.folder,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=err,
                start_new_session=True,
                preexec_fn=_without_core_files,
            )

    def printed(self, name: str) -> str:
        """What a sweep has printed to stderr."""
        return (self.folder / f"{name}.err").read_text(encoding="utf-8", errors="replace")

    def said(self, name: str) -> str:
        """What a sweep has printed to stderr apart from its progress, in short."""
        return re.sub(r"^\[\d+/\d+\] .*\n", "", self.printed(name), flags=re.MULTILINE)[-1200:]

    def reported(self) -> int:
        """How many runs the disturbed sweep has reported as done."""
        return len(re.findall(r"^\[\d+/\d+\] (?!.*: failed)", self.printed("first"), re.MULTILINE))

    def wait_for_a_moment(self) -> None:
        """Wait for a random moment of the sweep: any from its start to its end, or one of training."""
        if self.random.random() < 0.5:
            within(self.random.uniform(0, self.kind.seconds), self.is_over)
        else:
            self.wait_for_records(0, RUNS)
            within(self.random.uniform(0, self.kind.seconds / RUNS), self.is_over)

    def wait_for_records(self, fewest: int, most: int) -> None:
        """Wait until a random number of runs is recorded."""
        count = self.random.randrange(fewest, most)
        within(STUCK_SECONDS, lambda: len(records(self.ledger)) >= count or self.is_over())
        self.remember()

    def remember(self) -> None:
        """Remember the runs that are finished by now."""
        self.seen |= done(self.ledger).keys()

    def is_over(self) -> bool:
        """Whether the disturbed sweep has ended."""
        return self.process.poll() is not None

    def end(self) -> int:
        """Wait for the end of the sweep; return how many processes and files are left over."""
        self._wait(self.process)
        session = self.process.pid
        within(GRACE_SECONDS, lambda: not of_session(session) and not self._files())
        left = [process.command or str(process.pid) for process in of_session(session)] + self._files()
        if left:
            self.wrong.append(f"left over: {', '.join(left)}")
        self.kill_all()
        return len(left)

    def _files(self) -> list[str]:
        return [path.name for path in Path(self.temporary.name).rglob("*")]

    def _wait(self, process: subprocess.Popen[bytes]) -> None:
        try:
            process.wait(STUCK_SECONDS)
        except subprocess.TimeoutExpired:
            self.wrong.append(f"not ended after {STUCK_SECONDS} seconds")

    def kill_all(self) -> None:
        """End what is left of the sweep, process by process."""
        for process in of_session(self.process.pid):
            with suppress(ProcessLookupError):
                os.kill(process.pid, signal.SIGKILL)
        self.process.wait()

    def account(self) -> Account:
        """End and resume the sweep; say what became of its runs."""
        account = Account(left_over=self.end())
        # A folder that was taken away is remembered as it was; what is there now counts, too.
        self.remember()
        reported = self.reported()
        self.follow_advice()
        self.give_back()
        again = self.start("again")
        self._wait(again)
        # Ended already, unless it was stuck.
        again.kill()
        after = done(self.ledger)
        journal = (
            (self.folder / "again.journal").read_text().split() if (self.folder / "again.journal").exists() else []
        )
        gone = [run for run in self.seen if run not in after]
        unfinished = [run for run, numbers in self.kind.numbers.items() if after.get(run) != numbers]
        # The runs reported as done are in the ledger when the sweep is resumed, which trains the others and no more.
        more = max(0, len(journal) - (RUNS - reported))
        account.lost = max(len(gone), len(unfinished), more)
        twice = [
            run for run, count in Counter(each["id"] for each in records(self.ledger, "done")).items() if count > 1
        ]
        account.repeated = max(len(self.seen & set(journal)), len(twice), more)
        account.complaints = [*self.wrong, *self._complaints(again.returncode)]
        return account

    def follow_advice(self) -> None:
        """Do what the sweep has told its user to do."""
        if told := re.search(r"kept in (\S+): rename that folder to (\S+)", self.printed("first")):
            place, target = self.folder / told[1], self.folder / told[2]
            target.parent.mkdir(parents=True, exist_ok=True)
            place.rename(target)

    def _complaints(self, code: int) -> Iterator[str]:
        if code:
            yield f"resumed with exit code {code}: {self.said('again')}"
        for name in ("first", "again"):
            if "Traceback" in self.printed(name):
                yield f"traceback: {self.said(name)}"


def records(ledger: Path, *statuses: str) -> list[dict[str, object]]:
    """Return the whole lines of a ledger, those of some statuses only if any are given."""
    try:
        lines = ledger.read_bytes().split(b"\n")[:-1]
    except OSError:
        return []
    found = []
    for line in lines:
        with suppress(ValueError):
            found.append(json.loads(line))
    return [each for each in found if not statuses or each["status"] in statuses]


def done(ledger: Path) -> dict[str, Numbers]:
    """Return the numbers of the finished runs of a ledger, the same wherever they are trained."""
    return {
        str(each["id"]): {part: each[part] for part in ("metrics", "history", "diverged")}
        for each in records(ledger, "done", "diverged")
    }


def _without_core_files() -> None:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
