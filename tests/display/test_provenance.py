"""Where the runs under a multiverse's protocols were trained."""

from dataclasses import replace

from gdbench.comparison.results import Results
from gdbench.display.provenance import protocols_trained
from tests.comparison.judging import measured
from tests.comparison.judgment.test_multiverse_verdicts import results_where


def test_protocols_name_every_machine_that_trained_a_run_of_theirs():
    results = results_where(lambda _width, _epochs: True)
    runs = list(results.records)
    trained_elsewhere = replace(
        results.records[runs[-1]], started="2026-03-04T00:00:00Z", environment={"machine": "a cluster, 16 cores"}
    )
    records = {
        **{
            run: replace(record, started="2026-03-01T00:00:00Z", environment={"machine": "a laptop, 2 cores"})
            for run, record in results.records.items()
        },
        runs[-1]: trained_elsewhere,
        # A run of something else in the same folder.
        "0" * 12: replace(trained_elsewhere, environment={"machine": "a phone"}),
    }
    assert protocols_trained(replace(results, records=records)) == (
        f"{len(runs)} runs under these protocols, trained on 2026-03-01 to 2026-03-04; a laptop, 2 cores; "
        "a cluster, 16 cores."
    )
    assert protocols_trained(replace(results, records={})) == "No run under other protocols is trained yet."


def test_a_comparison_without_a_multiverse_has_no_run_under_protocols():
    plain = measured({"A": [0.9, 0.91], "B": [0.8, 0.81]})
    results = Results(replace(results_where(lambda *_labels: True).experiment, comparisons=(plain.comparison,)), {})
    assert results.protocol_records == []
