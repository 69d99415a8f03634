"""The answer at the top of a report, in the words of a reader."""

from gdbench.comparison.results import Results
from gdbench.comparison.selection import default_metrics
from gdbench.comparison.tables import Table
from gdbench.display.report.answer_text import answer_of, overall_answer
from tests.test_screens import ROOT


def tables_of(name: str) -> list[Table]:
    results = Results.load(ROOT / "results" / name)
    return results.tables(default_metrics(results.own_records), ["last"])


def test_bare_labels_stand_behind_their_axes():
    (table,) = tables_of("reference/learning-rate")
    assert "which has the best mean" in answer_of(table)
    assert "adam with learning rate 0.00316 is 2.75 points above rmsprop with learning rate 0.000316" in answer_of(
        table
    )


def test_several_comparisons_are_answered_by_their_titles():
    tables = tables_of("reference/tuned-optimizers")
    assert overall_answer(tables) == (
        "Best by test accuracy: Muon, not told apart from 3 others (MNIST); Muon (Fashion-MNIST)."
    )


def test_an_answer_that_would_fill_a_phone_leaves_the_names_to_the_overview():
    assert overall_answer(tables_of("article")) == (
        "7 of 9 comparisons show which rows are best by test accuracy; 2 are undecided."
    )
    assert overall_answer(tables_of("reference/other-ways")) == (
        "4 of 5 comparisons show which rows are best by test accuracy; 1 is undecided."
    )


def test_comparisons_by_several_metrics_are_answered_without_naming_one():
    mixed = [*tables_of("reference/tuned-optimizers"), *tables_of("reference/test-functions")[:1]]
    assert overall_answer(mixed) == (
        "Best: Muon, not told apart from 3 others (MNIST); Muon (Fashion-MNIST); 1 of 3 comparisons is undecided."
    )


def test_where_nothing_is_decided_the_sentence_says_so():
    assert overall_answer(tables_of("reference/test-functions")) == (
        "None of 5 comparisons shows a best row by training loss."
    )
