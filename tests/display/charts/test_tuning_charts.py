"""Charts of tuned comparisons."""

import pytest

from gdbench.display.charts.chart_file import svg
from gdbench.display.charts.kinds import chart, figures, file_stem
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
