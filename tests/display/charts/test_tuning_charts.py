"""Charts of tuned comparisons."""

import pytest

from gdbench.display.charts.chart_file import svg
from gdbench.display.charts.kinds import chart, figures, file_stem
from gdbench.display.report.report_figures import report_figures
from gdbench.errors import RequestError
from tests.tuned import tuned_results


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    return tuned_results(tmp_path_factory.mktemp("tuned"))


def test_the_expected_best_is_a_line_a_row_that_ends_with_the_selected_score(results):
    [figure] = figures(results, "expected-best", comparison="plain")
    lines = {row["row"]: row["value"] for row in figure.rows if row["trials"] == 5}
    assert set(lines) == {"sgd", "adam", "rmsprop"}
    assert lines["sgd"] == pytest.approx(0.1, abs=0.002)
    # One of five rates of adam diverged, and so may the best of one.
    assert min(row["trials"] for row in figure.rows if row["row"] == "adam") == 2
    assert svg(chart(results, "expected-best", comparison="plain").to_dict()).startswith("<svg")


def test_the_trials_of_each_row_have_a_ring_at_what_was_chosen(results):
    [figure] = figures(results, "trials", comparison="plain")
    assert [(row["row"], row["x"]) for row in figure.rows if row["chosen"]] == [
        ("sgd", 0.1),
        ("adam", 0.001),
        ("rmsprop", 1),
    ]
    assert len(figure.rows) == 3 * 5
    [lost] = [row for row in figure.rows if row["value"] is None]
    assert (lost["row"], lost["setting"]) == ("adam", "1")
    assert figure.text.startswith("Validation loss of 15 settings in trials, chosen: sgd 0.1 (")
    assert "optimistic" in figure.notes[0]
    assert figure.notes[1].startswith("× at the foot")
    assert svg(chart(results, "trials", comparison="plain").to_dict()).startswith("<svg")


def test_a_report_of_tuned_rows_shows_their_trials(results):
    kinds = [figure.kind for figure in report_figures(results, results.comparisons[0])]
    assert {"trials", "expected-best"} <= set(kinds)


def test_settings_without_a_number_stand_in_their_order(tmp_path):
    text = """\
dataset: {validation: 100}
seeds: 2
tune: {over: {optimizer.learning_rate: [0.01, 0.1], optimizer.name: [sgd, adam]}}
"""
    [figure] = figures(tuned_results(tmp_path, text), "trials")
    assert [row["x"] for row in figure.rows] == [1, 2, 3, 4]
    with pytest.raises(RequestError, match=r"^--kind trials: expected a comparison with tuned rows whose trials"):
        figures(tuned_results(tmp_path, text, runs=0), "trials")


def test_the_profile_needs_no_comparison_and_is_named_as_the_experiment(results):
    [figure] = figures(results, "profile")
    shares = [row["share"] for row in figure.rows if row["row"] == "sgd"]
    assert shares == sorted(shares)
    assert figure.text.startswith("Area under the profile")
    stem = file_stem(results, "profile", metric="test_accuracy", by=None, at="last", comparison=None)
    assert stem == "config-profile"
    assert svg(chart(results, "profile", by="epochs").to_dict()).startswith("<svg")


def test_what_has_no_such_chart_is_said(results):
    with pytest.raises(RequestError, match=r"^--kind profile: expected several comparisons with a target"):
        figures(results.of_comparisons(["plain"]), "profile")
    with pytest.raises(RequestError, match=r"^--by: expected one of updates, epochs, seconds; got 'epoch'"):
        figures(results, "profile", by="epoch")
