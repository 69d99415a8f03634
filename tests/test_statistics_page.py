"""What results/README.md says of the article's optimizers is what their ledger says, and its commands print it."""

import re
import shlex
from pathlib import Path

import numpy as np
import pytest
from scipy.special import stdtrit

from gdbench.comparison.pair_tests import typical_variance
from gdbench.comparison.results import Results
from gdbench.comparison.separation import Separation
from tests.test_documents import shown_in

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "results" / "README.md"
TEXT = " ".join(PAGE.read_text(encoding="utf-8").split())
SCORES = ("the validation score that was chosen", "the test score of the same run", "the mean of 10 fresh seeds")
COMMANDS = re.findall(r"^    (gdbench tables .*)$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
ARTICLE = Results.load(ROOT / "results" / "article")
[OPTIMIZERS] = ARTICLE.of_comparisons(["optimizers"]).tables(["test_accuracy"], ["last"])
[SEPARATION] = OPTIMIZERS.separations


def percentages(row: str) -> np.ndarray:
    """The test accuracies of a row of the table, one per seed, in percent."""
    [point] = [point for point in ARTICLE.experiment.comparisons[0].points if point.key == row]
    records = [ARTICLE.records[run].outcome.metrics for run in point.runs]
    return np.array([100 * metrics["test_accuracy"] for metrics in records if metrics])


def said(sentence: str) -> bool:
    return " ".join(sentence.split()) in TEXT


def test_the_page_has_a_command_for_each_of_its_tables() -> None:
    assert [shlex.split(command)[2] for command in COMMANDS] == ["results/article"] * 2


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_of_the_page_prints_what_is_committed(command: str, call, monkeypatch) -> None:
    monkeypatch.chdir(ROOT)
    command, _, target = command.partition(" > ")
    said_by = call(*shlex.split(command)[1:])
    assert said_by.code == 0
    assert said_by.out == ((ROOT / target).read_text(encoding="utf-8") if target else shown_in(PAGE, "example"))


def test_the_mean_the_standard_deviation_and_the_interval_of_a_row() -> None:
    adam = percentages("Adam")
    first, *others = [f"{accuracy:.2f}" for accuracy in adam]
    quantile = stdtrit(4, 0.975)
    assert said(f"Five runs of Adam in the table above reached {first}, {', '.join(others[:-1])} and {others[-1]} %.")
    assert said(f"Their *mean* is {adam.mean():.2f} %. Their *standard deviation* (sd), {adam.std(ddof=1):.2f} points,")
    assert said(f"{adam.mean():.2f} ± {quantile * adam.std(ddof=1) / 5**0.5:.2f} %, says how well the mean is known.")
    assert said(f"where t is {quantile:.2f} for n = 5 seeds")
    assert said(f"{196 * (0.975 * 0.025 / 10_000) ** 0.5:.1f} points at 97.5 %")


def test_intervals_that_overlap_and_rows_that_are_shown_to_differ() -> None:
    figures = {row.key: row.statistics[0] for row in OPTIMIZERS.rows}
    ends = {}
    for row in ("RMSprop", "Adam"):
        low, high = figures[row].ci_low, figures[row].ci_high
        assert low is not None
        assert high is not None
        ends[row] = (low, high)
    (low, high), (other_low, other_high) = ends["RMSprop"], ends["Adam"]
    assert low < other_high
    assert said(
        f"The intervals of RMSprop ({100 * low:.2f} to {100 * high:.2f} %) and Adam ({100 * other_low:.2f} to "
        f"{100 * other_high:.2f} %) overlap"
    )
    *ahead, last = [f"{points:.2f}" for points in percentages("RMSprop") - percentages("Adam")]
    assert said(f"ahead in every one of the five seeds, by {', '.join(ahead)} and {last} points")
    adam = SEPARATION.rows["Adam"].from_best
    assert adam is not None
    assert said(f"here {adam.p:.4f} for RMSprop and Adam")
    assert said(f"here {100 * adam.low:.2f} to {100 * adam.high:.2f} points for Adam against RMSprop")


def test_what_the_moderated_test_makes_of_the_spreads() -> None:
    variances = {row.key: percentages(row.key).var(ddof=1) for row in OPTIMIZERS.rows}
    typical = typical_variance(np.array(list(variances.values())), 4)
    shrunk = {row: ((typical + 4 * variance) / 5) ** 0.5 for row, variance in variances.items()}
    own = {row: variance**0.5 for row, variance in variances.items()}
    assert said(f"The typical standard deviation of the example is {typical**0.5:.2f} points.")
    assert said(
        f"Adam's is shrunk from {own['Adam']:.2f} to {shrunk['Adam']:.2f}, "
        f"Adagrad's from {own['Adagrad']:.2f} to {shrunk['Adagrad']:.2f}."
    )


def test_all_pairs_of_the_example_differ_and_what_could_have_been_shown() -> None:
    assert SEPARATION.separated == SEPARATION.pairs == 6
    assert SEPARATION.detectable is not None
    assert said(f"about {100 * SEPARATION.detectable:.2f} points in the example")


def test_the_two_tests_disagree_on_25_and_50_epochs() -> None:
    def letters(separation: Separation, row: str) -> set[str]:
        return set(separation.rows[row].group or "")

    epochs = ARTICLE.of_comparisons(["epochs"])
    [moderated] = epochs.tables(["test_accuracy"], ["last"])[0].separations
    [paired] = epochs.tables(["test_accuracy"], ["last"], test="paired")[0].separations
    assert not letters(moderated, "25") & letters(moderated, "50")
    assert letters(paired, "25") & letters(paired, "50")


def test_the_rates_of_the_page_are_those_that_were_simulated() -> None:
    simulated = (ROOT / "results" / "statistics.md").read_text(encoding="utf-8")
    for seeds, size in ((5, "3.3"), (10, "1.9")):
        row = f"moderated t, equal spreads, {seeds} seeds: pairs found at the detectable difference, {size} standard"
        assert row in simulated
    assert said("it is about 3.3 standard deviations of a row with 5 seeds, and 1.9 with 10")
    chosen = [re.search(rf"best of 8: {score} \| (\S+) %", simulated) for score in SCORES]
    validation, test, fresh = (float(found[1]) / 100 for found in chosen if found)
    assert said(f"its validation accuracy is {validation:.2f} points too high")
    assert said(f"the test accuracy of the same run {test:.2f}, and that of fresh seeds {fresh:.2f}")
