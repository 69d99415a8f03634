"""Results for scripts and notebooks: tables and tidy pandas frames, and the tables as a notebook shows them."""

import io
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from gdbench.api.argument_names import arguments_named
from gdbench.comparison.pair_tests import TESTS, Test
from gdbench.comparison.results import Results
from gdbench.comparison.selection import default_csv_metrics, default_metrics, read_at
from gdbench.display.formats import html, terminal
from gdbench.display.sheets.multiverse_printout import flat_multiverse
from gdbench.display.sheets.sheet import Sheet
from gdbench.display.sheets.table_sheets import TablesPrintout, flat_sheet
from gdbench.display.sheets.verdict_printout import flat_sheets
from gdbench.errors import RequestError
from gdbench.execution.model_files import model_path
from gdbench.experiment.moment import At
from gdbench.records import Run
from gdbench.text import spelled, suggestion

if TYPE_CHECKING:
    import pandas

    from gdbench.display.charts.figure import AnyChart


class ExperimentResults:
    """The results of an experiment: what `gdbench.load` and `gdbench.sweep` return, known as `gdbench.Results`."""

    def __init__(self, results: Results, folder: Path, runs: Sequence[Run] = ()) -> None:
        """Keep the results and where they are; `runs` are those of the plan, where one is at hand."""
        self._results = results
        self._runs = runs
        self.folder = folder
        """The results folder."""

    @property
    def name(self) -> str:
        """The name of the experiment."""
        return self._results.experiment.name

    @property
    def title(self) -> str:
        """The title of the experiment."""
        return self._results.experiment.title

    @cached_property
    def runs(self) -> "pandas.DataFrame":
        """A row for each run, by id: seed, status, each setting by its path in YAML, metrics at the end, seconds.

        Accuracies and errors are fractions. Runs that failed, diverged or are `missing` have rows as well. A component
        is its name, and its arguments stand beside it: `optimizer`, `optimizer.momentum`.
        """
        from gdbench.comparison.frames import runs_frame

        return runs_frame(self._results, self._runs)

    @cached_property
    def history(self) -> "pandas.DataFrame":
        """A row for each run and evaluation, by the run's id: epoch, update, metrics, seconds of training so far."""
        from gdbench.comparison.frames import history_frame

        return history_frame(self._results)

    @cached_property
    def rows(self) -> "pandas.DataFrame":
        """The comparison and the row of its table that each run belongs to, by id, to be joined with other frames."""
        from gdbench.comparison.frames import rows_frame

        return rows_frame(self._results.comparisons)

    @cached_property
    def models(self) -> Mapping[str, Path]:
        """The file of each run that has kept its Keras model (`training.save`), by the run's id; absent ones left out.

        `keras.saving.load_model` loads it. It takes values as the data set has them, such as pixels from 0 to 255, in
        the shape `model.input_shape`, and returns what the output layer says of each class.
        """
        paths = {record.run.id: model_path(self.folder, record.run.id) for record in self._results.own_records}
        kept = {run for run in paths if self._results.records[run].outcome.model}
        return {run: path for run, path in paths.items() if run in kept and path.exists()}

    def tables(
        self,
        metrics: str | Sequence[str] | None = None,
        at: At | str | Sequence[At | str] = "last",
        *,
        test: Test = "moderated",
        baseline: str | None = None,
    ) -> "dict[str, pandas.DataFrame]":
        """Return the table of each comparison, by its name, with the columns of the CSV file.

        `metrics` are those of `--metric` (those of the CSV file if left out) and `at` those of `--at`: last, best_val,
        max, an epoch, or seconds such as `2s`. Rows of a metric that share a letter in `_group` are not shown to
        differ; `_difference` is the row's mean less that of the `baseline`, or of the best row without one, and `_p`
        its p-value, adjusted for all pairs of rows. `test` is moderated or paired.

        Raises:
            RequestError: a metric or epoch that no run has, or a baseline that names no row.
        """
        chosen = [metrics] if isinstance(metrics, str) else metrics
        epochs = at if isinstance(at, Sequence) and not isinstance(at, str) else [at]
        if test not in TESTS:
            raise RequestError(
                f"test: expected one of {', '.join(TESTS)}; got {spelled(test)}{suggestion(test, TESTS)}"
            )
        with arguments_named({"metric": "metrics"}):
            tables = self._results.tables(
                default_csv_metrics(self._results.own_records) if chosen is None else chosen,
                read_at(",".join(map(str, epochs))),
                test,
                baseline,
            )
        return {table.comparison: _frame(flat_sheet(table)) for table in tables}

    def plot(
        self,
        kind: str = "curves",
        *,
        metric: str | None = None,
        by: str | None = None,
        at: At = "last",
        comparison: str | None = None,
    ) -> "AnyChart":
        """Return an Altair chart of one comparison, as `gdbench plot --kind` draws it; a notebook shows it.

        Raises:
            RequestError: an unknown kind, metric, axis or comparison, or the comparison has nothing of the kind.
        """
        from gdbench.display.charts.kinds import chart

        if metric is not None and not isinstance(metric, str):
            raise RequestError(f"metric: expected the name of one metric; got {spelled(metric)}")
        with arguments_named():
            return chart(self._results, kind, metric=metric, by=by, at=at, comparison=comparison)

    def verdicts(self) -> "pandas.DataFrame":
        """Return a row for each cell of the published tables and each claim: published, measured and decided.

        The verdict on the whole comparison is in `comparison_verdict`. There are no rows where nothing is published.
        """
        import pandas

        frames = [
            _frame(sheet).assign(
                comparison=verdict.comparison.name,
                comparison_verdict=verdict.verdict,
                kind="claim" if "claim" in {column.name for column in sheet.columns} else "cell",
            )
            for verdict in self._results.verdicts()
            for sheet in flat_sheets(self.name, verdict).values()
        ]
        first = ["comparison", "comparison_verdict", "kind"]
        if not frames:
            return pandas.DataFrame(columns=first)
        joined = pandas.concat(frames, ignore_index=True)
        return joined[[*first, *(column for column in joined.columns if column not in (*first, "experiment"))]]

    def multiverse(self) -> "pandas.DataFrame":
        """Return a row for each cell and claim in each protocol of a multiverse that has been trained.

        A protocol has a column for each of its choices, by path; the verdict on the whole comparison under it is in
        `comparison_verdict`. There are no rows without a multiverse.
        """
        import pandas

        frames = [
            _frame(sheet).drop(columns="experiment")
            for found in self._results.multiverses()
            for sheet in flat_multiverse(self.name, found).values()
        ]
        return pandas.concat(frames, ignore_index=True) if frames else pandas.DataFrame(columns=["comparison"])

    @property
    def _printout(self) -> TablesPrintout:
        """What the end of a sweep prints."""
        tables = self._results.tables(default_metrics(self._results.own_records), ["last"])
        return TablesPrintout(tables, verdicts=self._results.verdicts(), profile=self._results.profile)

    def _repr_html_(self) -> str:
        return html.page(self._printout.sections())

    def __str__(self) -> str:
        text = io.StringIO()
        terminal.write(self._printout, text)
        return text.getvalue().rstrip("\n")

    def __repr__(self) -> str:
        ids, records = self._results.run_ids, self._results.records
        endings = Counter(records[run].outcome.status if run in records else "missing" for run in ids)
        counts = ", ".join(f"{count} {status}" for status, count in endings.items())
        return f"<gdbench results {self.name!r} in {str(self.folder)!r}: {len(ids)} runs, {counts}>"


def _frame(sheet: Sheet) -> "pandas.DataFrame":
    import pandas

    columns = {column.name: [row[index] for row in sheet.rows] for index, column in enumerate(sheet.columns)}
    return pandas.DataFrame(columns)
