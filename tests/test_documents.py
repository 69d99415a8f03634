"""What README, the head comments and the reference tables say is what the reference ledgers say."""

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from statistics import mean

import pytest

from gdbench.comparison.results import Results
from gdbench.comparison.stages_due import due_runs
from gdbench.comparison.tables import Table
from gdbench.comparison.tuned_choice import choices
from gdbench.display.annotate import head_comment
from gdbench.display.formats.markdown import sheet_text
from gdbench.display.sheets.verdict_sheets import verdict_sheets
from gdbench.display.sweep_summary import table_files
from gdbench.display.verdict_files import verdict_files
from gdbench.experiment.experiment import Comparison, Published, PublishedValue
from gdbench.experiment.plan import load_plan
from gdbench.experiment.stored_experiment import read_experiment
from gdbench.ledger import missing, read
from gdbench.records import Outcome
from tests import other_ways_page, published_pages
from tests.benchmarks import peers
from tests.benchmarks.__main__ import Part
from tests.published_pages import NAMES, PUBLISHED, plan_of, re_run, results_of

ROOT = Path(__file__).parents[1]
REFERENCE = ROOT / "results" / "reference"
CONFIGS = sorted(path.name for path in (ROOT / "configs").glob("*.yaml"))
RE_RUN = list(re_run())
# Of the others there are claims alone.
CLAIMS_ALONE = ["article-claims", "article-minima", "glorot2010", "srivastava2014"]
# Of these, no figure is reproduced, or only words such as `collapsed` are.
NOTHING_TO_MOVE = ["deepobs-fmnist-rates"]
WITH_FIGURES = [name for name in RE_RUN if name not in (*CLAIMS_ALONE, *NOTHING_TO_MOVE)]


def shown_in(page: Path, name: str) -> str:
    """What stands between the marks of that name."""
    text = page.read_text(encoding="utf-8")
    return text.partition(f"<!-- {name} -->\n")[2].partition(f"<!-- /{name} -->")[0]


def test_the_published_comparisons() -> None:
    assert list(NAMES) == RE_RUN == PUBLISHED


def test_there_is_a_configuration_for_each_question() -> None:
    questions = [
        *("activations", "architectures", "article-example", "batch-size", "dataset-size", "deformed"),
        *("epochs", "fashion", "halving", "hybrids", "learning-rate", "optimizers", "other-ways", "overfitting"),
        *("own-code", "quickstart", "regularization", "test-functions", "tuned-optimizers", "vanishing-gradients"),
    ]
    assert [f"{name}.yaml" for name in questions] == CONFIGS


@pytest.mark.parametrize("name", CONFIGS)
def test_every_run_of_a_configuration_is_in_its_reference_ledger(name: str) -> None:
    plan = load_plan(ROOT / "configs" / name)
    records = read(REFERENCE / plan.experiment.name)
    needed = {run for each in plan.experiment.comparisons for run in due_runs(each, records).now}
    assert missing([run for run in plan.runs if run.id in needed], records) == []


@pytest.mark.parametrize("name", CONFIGS)
def test_a_head_comment_is_what_the_ledger_gives(name: str) -> None:
    plan = load_plan(ROOT / "configs" / name)
    results = Results(plan.experiment, read(REFERENCE / plan.experiment.name))
    comment = head_comment(results, f"configs/{name}")
    modeline, _, text = (ROOT / "configs" / name).read_text(encoding="utf-8").partition("\n")
    assert modeline == "# yaml-language-server: $schema=gdbench.schema.json"
    assert text.startswith(comment)


def written_in(folder: Path) -> dict[str, str]:
    """The texts of a results folder that are made of its ledger."""
    paths = [*(folder / "tables").iterdir(), *folder.glob("README.md")]
    return {path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8") for path in paths}


@pytest.mark.parametrize("folder", sorted(REFERENCE.iterdir()), ids=lambda folder: folder.name)
def test_reference_tables_are_made_of_the_ledger(folder: Path) -> None:
    assert written_in(folder) == table_files(Results.load(folder))


def test_what_is_said_of_other_ways_down_is_what_the_ledgers_say() -> None:
    assert shown_in(ROOT / "results" / "README.md", "other ways") == other_ways_page.section()


def test_what_is_said_of_tuned_optimizers_is_what_the_ledger_says() -> None:
    results = Results.load(REFERENCE / "tuned-optimizers")
    gains, losses = [], []
    for comparison in results.experiment.comparisons:
        for choice in choices(comparison, results.records):
            assert choice.candidate is not None
            trials = [results.records[run].outcome for run in choice.candidate.trials[0]]
            fresh = [results.records[run].outcome for run in choice.candidate.runs]
            gains.append(_mean_last(trials, "val_accuracy") - _mean_last(fresh, "val_accuracy"))
            losses.append(_mean_last(fresh, "val_loss") - _mean_last(trials, "val_loss"))
    page = " ".join((ROOT / "results" / "README.md").read_text(encoding="utf-8").split())
    assert f"average {100 * mean(gains):.2f} points above" in page
    assert f"their validation loss {mean(losses):.4f} below, over {len(gains)} rows" in page
    readme = " ".join((ROOT / "README.md").read_text(encoding="utf-8").split())
    mnist, fashion = results.tables(["test_accuracy"], ["last"])
    lion, adamw = _behind(fashion, "Lion", below=0.00015), _behind(mnist, "AdamW", below=0.025)
    assert f"{lion:.2f} points above Lion on Fashion-MNIST (adjusted p = 0.0001)" in readme
    assert f"{adamw:.2f} above AdamW on MNIST (p = 0.02)" in readme
    assert mnist.separations[0].top == ("Muon", "Momentum", "RMSprop", "Adagrad")
    means = {row.key: 100 * (row.statistics[0].mean or 0.0) for row in mnist.rows}
    rows = ("Adagrad", "SGD", "Momentum", "Adam")
    gained = {row: round(means[row] - means[f"{row} (default)"]) for row in rows}
    assert gained == {"Adagrad": 14, "SGD": 7, "Momentum": 3, "Adam": 1}
    assert "Muon (default)" not in means


def test_what_is_said_of_halving_is_what_two_ledgers_say() -> None:
    grid, halving = (Results.load(REFERENCE / name) for name in ("tuned-optimizers", "halving"))
    chosen = [
        [choice.chosen for each in results.experiment.comparisons for choice in choices(each, results.records)]
        for results in (grid, halving)
    ]
    agreements = sum(one == other for one, other in zip(*chosen, strict=True))
    share = _trial_updates(halving) / _trial_updates(grid)
    page = " ".join((ROOT / "results" / "README.md").read_text(encoding="utf-8").split())
    assert f"takes {100 * share:.0f} % of the updates" in page
    assert f"{agreements} of the {len(chosen[0])} rows choose the same rate" in page
    losses = {}
    for before, after in zip(_accuracies(grid), _accuracies(halving), strict=True):
        assert max(after, key=lambda row: after[row]) == "Muon"
        losses |= {f"{row} {len(losses)}": 100 * (before[row] - after[row]) for row in after}
    worst = max(losses, key=lambda row: losses[row])
    assert worst.startswith("Lion")
    assert f"Lion on Fashion-MNIST loses most, {losses[worst]:.2f} points" in page
    gains = [-losses[row] for row in losses if row.startswith("Muon")]
    assert f"Muon gains {gains[0]:.2f} and {gains[1]:.2f}" in page


def _accuracies(results: Results) -> list[dict[str, float]]:
    """The mean test accuracy of the tuned rows of each comparison."""
    return [
        {row.key: row.statistics[0].mean or 0.0 for row in table.rows if "default" not in row.key}
        for table in results.tables(["test_accuracy"], ["last"])
    ]


def _trial_updates(results: Results) -> int:
    """The updates that were trained in trials; a trial that goes on from a shorter one trains the rest alone."""
    trials = {
        run
        for comparison in results.experiment.comparisons
        for choice in choices(comparison, results.records)
        for run in choice.row.trial_ids
        if run in results.records
    }
    outcomes = [results.records[run].outcome for run in trials]
    return sum(int(outcome.history["update"][-1]) - (outcome.resumed or 0) for outcome in outcomes)


def _behind(table: Table, row: str, below: float) -> float:
    """The points by which a row is behind Muon, the best, at an adjusted p-value below that."""
    [separation] = table.separations
    difference = separation.rows[row].from_best
    assert separation.best == "Muon"
    assert difference is not None
    assert below / 2 < difference.p < below
    return -100 * difference.mean


def _mean_last(outcomes: Sequence[Outcome], metric: str) -> float:
    return mean(_last(outcome, metric) for outcome in outcomes)


def _last(outcome: Outcome, metric: str) -> float:
    assert outcome.metrics is not None
    return outcome.metrics[metric]


@pytest.mark.parametrize("name", RE_RUN)
def test_every_run_of_a_published_comparison_is_in_its_ledger(name: str) -> None:
    assert missing(plan_of(name).runs, read(ROOT / "results" / name)) == []


@pytest.mark.parametrize("name", RE_RUN)
def test_the_results_of_a_published_comparison_are_made_of_its_ledger(name: str) -> None:
    folder = ROOT / "results" / name
    results = results_of(name)
    assert read_experiment(folder) == results.experiment
    assert written_in(folder) == table_files(results) | verdict_files(results)


@pytest.mark.parametrize("name", PUBLISHED)
def test_each_published_comparison_says_its_source_and_protocol_and_has_enough_seeds(name: str) -> None:
    text = (ROOT / "configs" / "published" / f"{name}.yaml").read_text(encoding="utf-8")
    assert text.startswith("# ")
    for comparison in plan_of(name).experiment.comparisons:
        assert all(block.source for block in comparison.published)
        assert not comparison.published or len(comparison.seeds) == 5


@pytest.mark.parametrize("name", RE_RUN)
def test_a_published_comparison_begins_with_what_its_ledger_gives(name: str) -> None:
    path = ROOT / "configs" / "published" / f"{name}.yaml"
    comment = head_comment(results_of(name), f"configs/published/{name}.yaml")
    modeline, _, text = path.read_text(encoding="utf-8").partition("\n")
    assert modeline == "# yaml-language-server: $schema=../gdbench.schema.json"
    assert text.startswith(comment)


def moved(block: Published, labels: tuple[str, ...], index: int, by: float) -> Published:
    """The block with one figure moved."""
    values = dict(block.values)
    figure = values[labels][index]
    assert isinstance(figure.value, float)
    row = list(values[labels])
    row[index] = PublishedValue(figure.value + by, figure.spread)
    return replace(block, values=tuple((values | {labels: tuple(row)}).items()))


def with_blocks(results: Results, comparison: Comparison, blocks: tuple[Published, ...]) -> Results:
    """The results of that comparison alone, with other figures published."""
    experiment = replace(results.experiment, comparisons=(replace(comparison, published=blocks),))
    return replace(results, experiment=experiment)


@pytest.mark.parametrize("name", CLAIMS_ALONE)
def test_of_some_comparisons_there_are_claims_alone(name: str) -> None:
    verdicts = results_of(name).verdicts()
    assert verdicts
    assert all(verdict.claims and not verdict.cells for verdict in verdicts)


@pytest.mark.parametrize("sign", [-1, 1])
@pytest.mark.parametrize("name", WITH_FIGURES)
def test_no_figure_that_is_reproduced_stays_so_when_it_is_moved_by_5_points(name: str, sign: int) -> None:
    results = results_of(name)
    changed = 0
    for verdict in results.verdicts():
        comparison = verdict.comparison
        for index, block in enumerate(verdict.blocks):
            for number, cell in enumerate(block.cells):
                if block.published.compare != "value" or cell.verdict != "reproduced":
                    continue
                assert cell.tolerance is not None
                # Where the tolerance is wide, 5 points may not leave it.
                by = sign * max(0.05, 4 * cell.tolerance)
                blocks = list(comparison.published)
                blocks[index] = moved(blocks[index], cell.labels, block.published.at.index(cell.at), by)
                other = with_blocks(results, comparison, tuple(blocks))
                assert other.verdicts()[0].blocks[index].cells[number].verdict == ("lower" if sign > 0 else "higher")
                changed += 1
    assert changed


def test_a_moved_figure_turns_a_reproduced_table_into_a_contradicted_one() -> None:
    results = results_of("keras-mnist-mlp")
    [comparison] = results.experiment.comparisons
    block = moved(comparison.published[0], (), 0, 0.05)
    other = with_blocks(results, comparison, (block,))
    assert [verdict.verdict for verdict in results.verdicts()] == ["reproduced"]
    assert [verdict.verdict for verdict in other.verdicts()] == ["contradicted"]


@pytest.mark.parametrize(
    ("page", "mark"), [(page, mark) for page, lists in published_pages.PAGES.items() for mark in lists]
)
def test_what_is_listed_of_published_comparisons_is_what_the_ledgers_say(page: str, mark: str) -> None:
    assert shown_in(ROOT / page, mark) == published_pages.PAGES[page][mark]()


def test_the_worked_example_shows_what_its_ledger_says_and_means_its_runs(tmp_path: Path) -> None:
    page = ROOT / "configs" / "published" / "README.md"
    [verdict] = [each for each in results_of("zeiler2012").verdicts() if each.comparison.name == "adadelta"]
    assert shown_in(page, "adadelta") == "\n".join(map(sheet_text, verdict_sheets(verdict)))
    path = tmp_path / "example.yaml"
    path.write_text(page.read_text(encoding="utf-8").partition("```yaml\n")[2].partition("```")[0], encoding="utf-8")
    [example] = load_plan(path).experiment.comparisons
    assert (example.points, example.published) == (verdict.comparison.points, verdict.comparison.published)


def test_the_table_of_the_readme_is_that_of_the_quickstart() -> None:
    shown = shown_in(ROOT / "README.md", "quickstart")
    screen = ROOT / "tests" / "fixtures" / "screens" / "quickstart-80x24.txt"
    assert shown == f"```\n{screen.read_text(encoding='utf-8')}```\n"


def test_the_benchmark_of_whole_sweeps_is_what_was_measured() -> None:
    lines = (ROOT / "results" / "speed" / "peers.jsonl").read_text(encoding="utf-8").splitlines()
    assert shown_in(ROOT / "results" / "speed" / "README.md", "peers") == peers.tables(
        [json.loads(line) for line in lines]
    )


@pytest.mark.parametrize("part", [part.value for part in Part])
def test_the_page_on_speed_has_a_table_of_each_part(part: str) -> None:
    assert "\n| :--- |" in shown_in(ROOT / "results" / "speed" / "README.md", part)


def test_the_configuration_of_the_readme_means_24_runs(tmp_path: Path) -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    path = tmp_path / "readme.yaml"
    path.write_text(readme.partition("```yaml\n")[2].partition("```")[0], encoding="utf-8")
    assert len(load_plan(path).runs) == 24
