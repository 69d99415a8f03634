"""python -m tests.other_ways_page: writes anew what results/README.md says of other ways down, from the ledgers."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from gdbench.comparison.results import Results
from gdbench.comparison.tables import Table
from gdbench.display.sheets.units import P_VALUE, unit_of
from gdbench.experiment.moment import At, Seconds
from gdbench.metrics import METRICS

ROOT = Path(__file__).parents[1]
REFERENCE = ROOT / "results" / "reference"
PAGE = ROOT / "results" / "README.md"
BEGIN, END = "<!-- other ways -->\n", "<!-- /other ways -->"
# The comparison, its columns, and where its claims and figures are taken.
PASSES, SECONDS = "last", Seconds(2)
TABLES: tuple[tuple[str, str, At, str], ...] = (
    ("perceptron", "perceptron, 100 passes", PASSES, "epochs_to_target"),
    ("mlp", "hidden layer, 100 passes", PASSES, "epochs_to_target"),
    ("seconds", "perceptron, 2 s", SECONDS, "seconds_to_target"),
)


def main() -> None:
    """Write the section."""
    text = PAGE.read_text(encoding="utf-8")
    head, _, rest = text.partition(BEGIN)
    PAGE.write_text(head + BEGIN + section() + END + rest.partition(END)[2], encoding="utf-8")


def section() -> str:
    """The claims with their verdicts, and the figures of all rows."""
    return "\n".join([*_claims(), "", *_figures()]) + "\n"


def _claims() -> Iterator[str]:
    """Yield a line for each claim of the three comparisons, then those on the loss without a gradient and hybrids."""
    ways, hybrids = (Results.load(REFERENCE / name) for name in ("other-ways", "hybrids"))
    yield "| claim | about | " + " | ".join(words for _name, words, _at, _cost in TABLES) + " |"
    yield "| :--- | :--- | :--- | :--- | :--- |"
    judged = {
        verdict.comparison.name: {
            (each.claim.text, _about(each.claim.metric)): f"{each.verdict}, {_p(each.p_value)}"
            for each in verdict.claims
        }
        for results in (ways, hybrids)
        for verdict in results.verdicts()
    }
    columns = [judged[name] for name, _words, _at, _cost in TABLES]
    for claim, about in dict.fromkeys(key for column in columns for key in column):
        yield f"| {claim} | {about} | " + " | ".join(column.get((claim, about), "") for column in columns) + " |"
    yield ""
    yield "| claim | about | where | verdict |"
    yield "| :--- | :--- | :--- | :--- |"
    for name, where in (("zero-one", "share of wrong answers, perceptron"), ("hybrids", "hybrids.yaml, 30 passes")):
        for (claim, about), verdict in judged[name].items():
            yield f"| {claim} | {about} | {where} | {verdict} |"


def _about(metric: str) -> str:
    return (
        "passes or seconds to 85 %"
        if METRICS[metric].to_target
        else metric.replace("_", " ").replace("train", "training")
    )


def _p(value: float) -> str:
    text = P_VALUE.text(value)
    return f"p {text}" if text.startswith("<") else f"p = {text}"


def _figures() -> Iterator[str]:
    """Yield a line for each row: training loss with letters, test accuracy, and what it took to reach the target."""
    results = Results.load(REFERENCE / "other-ways")
    tables = []
    for name, _words, at, cost in TABLES:
        [table] = results.of_comparisons([name]).tables(["train_loss", "test_accuracy", cost], [at])
        tables.append(table)
    heads = [
        head
        for _name, words, at, cost in TABLES
        for head in (
            f"training loss, {words}",
            "test accuracy",
            "passes to 85 %" if cost == "epochs_to_target" else "seconds to 85 %",
        )
    ]
    yield "| row | " + " | ".join(heads) + " |"
    yield "| :--- | " + " | ".join(["---:"] * len(heads)) + " |"
    for index, row in enumerate(tables[0].rows):
        yield f"| {row.key} | " + " | ".join(cell for table in tables for cell in _cells(table, index)) + " |"


def _cells(table: Table, index: int) -> Sequence[str]:
    row = table.rows[index]
    cells = []
    for place, (selection, figures) in enumerate(zip(table.selections, row.statistics, strict=True)):
        unit = unit_of(selection.metric)
        letters = table.separations[place].rows[row.key].group
        shown = unit.text(figures.mean) if figures.mean is not None else unit.text(figures.median)
        if selection.metric.to_target:
            shown = shown if figures.n == row.runs else f"{figures.n} of {row.runs} runs"
            letters = None
        cells.append(f"{shown} {letters}" if letters else shown)
    return cells


if __name__ == "__main__":
    main()
