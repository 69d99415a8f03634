"""The sentences under a table, for every way in which it can come out."""

import pytest

from gdbench.comparison.background import Background
from gdbench.comparison.separation import Difference, RowSeparation, Separation
from gdbench.comparison.statistics import Statistics
from gdbench.display.sheets.answers import Answer, interval_note
from gdbench.metrics import METRICS

ACCURACY = METRICS["test_accuracy"]
INCOMPLETE = "Nothing is compared: it takes two rows without a missing, failed, diverged or partly collapsed run."


def a_separation(groups, means, separated=1, baseline=None, seeds=5, detectable=0.0058, **others):
    """Rows by their letters and means; the best is the first; intervals are 0.4 points wide."""
    keys = list(groups)
    best = keys[0]

    def difference(key, other):
        if key == other or groups[key] is None:
            return None
        mean = means[key] - means[other]
        return Difference(mean, mean - 0.002, mean + 0.002, 0.00001 if key == keys[-1] else 0.03124)

    rows = {
        key: RowSeparation(group, key == best, difference(key, best), difference(key, baseline) if baseline else None)
        for key, group in groups.items()
    }
    lettered = [key for key in keys if groups[key]]
    top = tuple(key for key in lettered if set(groups[key]) & set(groups[best]))
    pairs = len(lettered) * (len(lettered) - 1) // 2
    facts = {"best": best, "runner_up": keys[-1], "top": top, "detectable": detectable, **others}
    return Separation("moderated", seeds, rows, baseline, pairs, separated, **facts)


def answer(*arguments, metric=ACCURACY, **keys):
    return Answer(a_separation(*arguments, **keys), metric).sentences()


MEANS = {"adam": 0.9732, "momentum": 0.9567, "sgd": 0.9079}


def test_one_row_is_best():
    assert answer({"adam": "a", "momentum": "b", "sgd": "c"}, MEANS) == [
        "adam is best: 1.65 points above momentum (1.45 to 1.85; adjusted p = 0.0312 for 3 pairs).",
        "Rows sharing a letter are not shown to differ (moderated t, Holm, 3 pairs).",
    ]


def test_several_rows_share_the_first_place():
    first, *_rest = answer({"adam": "a", "momentum": "a", "sgd": "b"}, MEANS)
    assert first == (
        "adam and momentum cannot be told apart; "
        "adam is 6.53 points above sgd (6.33 to 6.73; adjusted p < 0.0001 for 3 pairs)."
    )


def test_rows_that_are_like_the_best_and_not_like_each_other():
    first, *_rest = answer({"adam": "ab", "momentum": "a", "sgd": "b"}, MEANS)
    assert (
        first
        == "momentum and sgd cannot be told apart from adam, which has the best mean, although momentum and sgd differ."
    )


def test_several_pairs_that_are_like_the_best_and_not_like_each_other():
    groups = {"adam": "ab", "momentum": "a", "sgd": "b", "rmsprop": "b"}
    first, *_rest = answer(groups, {**MEANS, "rmsprop": 0.9})
    assert first.endswith(", which has the best mean, although 2 pairs of these differ.")


def test_an_interval_that_includes_0_beside_a_small_p_value_is_explained():
    found = a_separation({"adam": "a", "sgd": "b"}, {"adam": 0.98, "sgd": 0.979})
    first, second, *_rest = Answer(found, ACCURACY).sentences()
    assert first == "adam is best: 0.10 points above sgd (-0.10 to 0.30; adjusted p < 0.0001 for 1 pair)."
    assert second == "Intervals (Bonferroni) are wider than the test (Holm), so one may include 0."
    assert second not in answer({"adam": "a", "sgd": "b"}, MEANS)


def test_numbers_instead_of_letters_are_compared_as_numbers():
    first, *_rest = answer({"adam": "1", "momentum": "11", "sgd": "2, 11"}, MEANS, top=("adam",))
    assert first.startswith("adam is best: 1.65 points above momentum (")


def test_many_rows_are_not_all_named():
    names = [f"row {number}" for number in range(8)]
    groups = {**dict.fromkeys(names, "a"), "sgd": "b"}
    first, *_rest = answer(groups, {**dict.fromkeys(names, 0.97), "sgd": 0.9})
    assert first.startswith(
        "row 0, row 1, row 2, row 3 and 4 more cannot be told apart; row 0 is 7.00 points above sgd"
    )


def test_a_name_with_a_comma_is_quoted():
    first, *_rest = answer({"adam, 0.1": "a", "sgd, 1": "b"}, {"adam, 0.1": 0.9, "sgd, 1": 0.8})
    assert first.startswith("'adam, 0.1' is best: 10.00 points above 'sgd, 1' (")


def test_nothing_separates():
    found = a_separation(dict.fromkeys(MEANS, "a"), MEANS, separated=0)
    assert Answer(found, ACCURACY).sentences()[0] == (
        "No two rows can be told apart with 5 seeds; a difference of about 0.58 points would have been found in "
        "80 of 100 such tables."
    )
    # From five seeds on.
    few = a_separation(dict.fromkeys(MEANS, "a"), MEANS, separated=0, seeds=4)
    assert Answer(few, ACCURACY).sentences()[:2] == [
        "No two rows can be told apart with 4 seeds.",
        "Few seeds: with 4, up to 8 % of such tables show a difference that isn't real.",
    ]


@pytest.mark.parametrize(
    ("metric", "means", "sentence"),
    [
        ("test_loss", (0.084, 0.096), "adam is best: 0.0120 below sgd (0.0100 to 0.0140; "),
        ("train_seconds", (1.36, 1.60), "adam is best: 0.24 seconds below sgd (0.24 to 0.24; "),
        ("test_error", (0.02, 0.03), "adam is best: 1.00 points below sgd (0.80 to 1.20; "),
        ("images_per_second", (9000, 8000), "adam is best: 1000 images per second above sgd (1000 to 1000; "),
        # A target may be reached within an epoch, where evaluations are more frequent.
        ("epochs_to_target", (0.1, 0.35), "adam is best: 0.25 epochs below sgd (0.25 to 0.25; "),
        ("updates_to_target", (30, 50), "adam is best: 20 updates below sgd (20 to 20; "),
    ],
)
def test_distances_are_in_the_units_of_their_metric(metric, means, sentence):
    one, other = means
    first, *_rest = answer({"adam": "a", "sgd": "b"}, {"adam": one, "sgd": other}, metric=METRICS[metric])
    assert first.startswith(sentence)


def test_a_row_without_all_its_runs_takes_no_letter_and_that_is_explained():
    *_rest, last = answer({"adam": "a", "momentum": "b", "sgd": None}, MEANS)
    assert last.endswith("A row with a missing, failed, diverged or partly collapsed run takes none (-).")


@pytest.mark.parametrize(
    ("obstacle", "seeds", "sentences"),
    [
        ("few_seeds", 1, ["With 1 seed nothing is decided: take 3, or better 5 or more."]),
        ("few_seeds", 2, ["With 2 seeds nothing is decided: take 3, or better 5 or more."]),
        ("no_spread", 5, ["No row varies over its seeds, so rows get no letters."]),
        ("too_many_rows", 5, ["More than 100 rows: there are neither letters nor p-values."]),
        ("one_row", 5, [INCOMPLETE]),
    ],
)
def test_why_there_are_no_letters(obstacle, seeds, sentences):
    assert answer(dict.fromkeys(MEANS, None), MEANS, obstacle=obstacle, seeds=seeds) == sentences


def test_a_table_of_one_row_says_nothing():
    assert answer({"adam": None}, MEANS, obstacle="one_row", runner_up=None) == []


@pytest.mark.parametrize(
    ("groups", "baseline", "sentence"),
    [
        (
            {"adam": "a", "momentum": "b", "sgd": "c"},
            "momentum",
            "Against momentum: adam 1.65 points above and sgd 4.88 points below.",
        ),
        (
            {"adam": "a", "momentum": "a", "sgd": "b"},
            "adam",
            "Against adam: sgd 6.53 points below; momentum cannot be told apart from it.",
        ),
        ({"adam": "a", "momentum": "ab", "sgd": "b"}, "momentum", "No row can be told apart from momentum."),
        (
            {"adam": "a", "momentum": "b", "sgd": None},
            "sgd",
            "sgd is no baseline here: not all of its runs have a value that counts.",
        ),
    ],
)
def test_what_differs_from_a_baseline(groups, baseline, sentence):
    assert answer(groups, MEANS, baseline=baseline)[1] == sentence


def test_rows_beyond_the_named_ones_are_counted_on_their_side_of_the_baseline():
    names = ["adam", "nadam", "lion", "muon", "rmsprop", "sgd", "adagrad"]
    groups = dict(zip(names, "abcdefg", strict=True))
    means = {name: 0.98 - 0.02 * place for place, name in enumerate(names)}
    _first, second, *_rest = answer(groups, means, baseline="rmsprop")
    assert second == (
        "Against rmsprop: adam 8.00 points above, nadam 6.00 points above, lion 4.00 points above, "
        "muon 2.00 points above and 2 more below."
    )


def test_a_baseline_is_held_against_the_rows_that_are_shown():
    found = a_separation({"adam": "a", "momentum": "b", "sgd": "c"}, MEANS, baseline="sgd")
    sentences = Answer(found, ACCURACY, shown=["momentum"]).sentences()
    assert sentences[1] == "Against sgd: momentum 4.88 points above."
    alike = a_separation({"adam": "a", "momentum": "b", "sgd": "b"}, MEANS, baseline="sgd")
    assert Answer(alike, ACCURACY, shown=["momentum"]).sentences()[1] == "momentum cannot be told apart from sgd."


def test_rows_are_called_by_other_names_where_a_page_has_them():
    found = a_separation({"adam/32": "a", "sgd/32": "b"}, {"adam/32": 0.97, "sgd/32": 0.9})
    names = {"adam/32": "adam with batch size 32", "sgd/32": "sgd with batch size 32"}
    first, *_rest = Answer(found, ACCURACY, names=names).sentences()
    assert first.startswith("adam with batch size 32 is best: 7.00 points above sgd with batch size 32 (")


def rows(*means, n=5):
    return [Statistics(n, mean) for mean in means]


def test_what_the_intervals_are_of():
    facts = Background(5, 5, (10_000,), ("initial weights", "batch order", "dropout"))
    assert interval_note(ACCURACY, facts, 0, rows(0.97, 0.98)) == (
        "95 % intervals: Student's t over 5 seeds (initial weights, batch order, dropout; the data are the same). "
        "For these 10,000 test images: another draw would move a row by about 0.3 points (1.96 sqrt(p (1 - p) / N))."
    )
    # The share of rows that are further from 100 % moves more.
    moved = interval_note(ACCURACY, facts, 0, rows(0.9, 0.97, 0.5))
    assert "another draw would move a row by about 0.3 to 1 points (" in moved
    assert "about 11 points (" in interval_note(ACCURACY, Background(3, 5, (80,)), 0, rows(0.5))
    # The formula is that of a share of images.
    assert "another draw" not in interval_note(METRICS["test_macro_f1"], facts, 0, rows(0.97))
    assert interval_note(METRICS["test_loss"], Background(5, 5, (None,), ("initial weights",)), 0, rows(0.1)) == (
        "95 % intervals: Student's t over 5 seeds (initial weights; the data are the same)."
    )
    assert interval_note(METRICS["train_seconds"], Background(3, 5, (None,)), 0, rows(1.5, n=3)) == (
        "95 % intervals: Student's t over 3 seeds."
    )


def test_the_intervals_of_rows_with_missing_runs_are_over_the_runs_that_there_are():
    facts = Background(5, 5, (None,), ("initial weights",))
    assert interval_note(METRICS["test_loss"], facts, 0, rows(0.1, n=4)).startswith(
        "95 % intervals: Student's t over 4 seeds ("
    )
    assert "Student's t over 3 to 5 seeds (" in interval_note(
        METRICS["test_loss"], facts, 0, [*rows(0.1), *rows(0.1, n=3)]
    )
