"""The index of published comparisons: verdicts are counted by source, with those that every protocol shares."""

from dataclasses import replace

import pytest

from gdbench.display.sheets.overview_sheet import OverviewPrintout
from gdbench.display.sheets.sources_sheet import source_row
from gdbench.experiment.experiment import Plan
from tests.comparison.judgment.test_multiverse_verdicts import CLAIM, results_where
from tests.display.screens import at_a_terminal
from tests.published_pages import PUBLISHED, plan_of, results_of


def row_where(holds):
    """The row of a file of one table under four protocols, of which a claim holds in some."""
    results = results_where(holds, claims=(CLAIM,))
    return source_row(Plan(results.experiment, (), {}), results)


@pytest.mark.parametrize(
    ("holds", "protocols"),
    [
        (lambda *_labels: True, "1 reproduced in all"),
        (lambda *_labels: False, "1 contradicted in all"),
        (lambda _width, epochs: epochs == "20", "1 depends on the protocol"),
    ],
)
def test_how_many_tables_have_one_verdict_in_all_protocols(holds, protocols):
    assert row_where(holds).protocols == protocols


def test_a_table_that_is_not_trained_under_each_protocol_has_no_count():
    results = results_where(lambda *_labels: True, claims=(CLAIM,))
    [comparison] = results.experiment.comparisons
    lost = comparison.in_universes[-1].run_ids[-1]
    kept = {run: record for run, record in results.records.items() if run != lost}
    row = source_row(Plan(results.experiment, (), {}), replace(results, records=kept))
    assert row.protocols == "3 of 4 trained"


def test_the_index_of_what_is_committed_fits_on_two_screens_and_agrees_with_its_verdicts():
    rows = [source_row(plan_of(name), results_of(name)) for name in PUBLISHED]
    text = at_a_terminal(OverviewPrintout([], rows), 80)
    assert len(text.splitlines()) <= 48
    by_name = {row.name: row for row in rows}
    # As results/README.md says of the same table.
    assert by_name["article"].protocols == "4 contradicted in all, 1 depends on the protocol, 2 undecided in some"
    assert by_name["kingma2015"].verdicts == "1 partly reproduced"
    assert by_name["keras-mnist-mlp"].verdicts == "1 reproduced"
