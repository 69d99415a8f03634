"""A plan for scripts and notebooks: its runs as a frame, and its points as a notebook shows them."""

import io
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from gdbench.comparison.results import Results
from gdbench.comparison.stages_due import due_runs
from gdbench.display.formats import html, terminal
from gdbench.display.sheets.plan_sheet import PlanPrintout
from gdbench.display.sheets.printout import JsonModel
from gdbench.execution.agenda import Agenda
from gdbench.experiment.experiment import Plan
from gdbench.records import Record

if TYPE_CHECKING:
    import pandas


class ExperimentPlan:
    """What a configuration would train: what `gdbench.plan` returns, known as `gdbench.Plan`."""

    def __init__(self, plan: Plan, folder: Path, records: Mapping[str, Record]) -> None:
        """Keep a plan, its results folder and what that has."""
        self._plan = plan
        self._records = records
        self._agenda = Agenda(plan, records, due_runs)
        self.folder = folder
        """The results folder, which need not be there yet."""

    @property
    def name(self) -> str:
        """The name of the experiment."""
        return self._plan.experiment.name

    @property
    def title(self) -> str:
        """The title of the experiment."""
        return self._plan.experiment.title

    @property
    def missing(self) -> int:
        """How many runs a sweep would train: with sequential seeds, up to the next look."""
        return len(self._agenda.due)

    @cached_property
    def runs(self) -> "pandas.DataFrame":
        """A row for each run, by id, as in results: those that are not in the ledger have the status `missing`."""
        from gdbench.comparison.frames import runs_frame

        plan = self._plan
        return runs_frame(Results(plan.experiment, self._records), plan.runs, plan.experiment.run_ids)

    @cached_property
    def rows(self) -> "pandas.DataFrame":
        """The comparison and the row of its table that each run belongs to, by id."""
        from gdbench.comparison.frames import rows_frame

        return rows_frame(self._plan.experiment.comparisons)

    def summary(self) -> JsonModel:
        """Return what `gdbench plan --json` prints: counts, the estimated time of one core, points and settings."""
        return self._printout.model()

    @property
    def _printout(self) -> PlanPrintout:
        return PlanPrintout(self._plan, self._records, self._agenda)

    def __len__(self) -> int:
        return len(self._plan.runs)

    def _repr_html_(self) -> str:
        return html.page(self._printout.sections())

    def __str__(self) -> str:
        text = io.StringIO()
        terminal.write(self._printout, text)
        return text.getvalue().rstrip("\n")

    def __repr__(self) -> str:
        return f"<gdbench plan {self.name!r}: {len(self)} runs, {self.missing} to train>"
