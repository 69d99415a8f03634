"""What limits a table's figures: settings replaced by --set, targets seen once an epoch, times that were shared."""

from gdbench.comparison.background import Background
from gdbench.comparison.selection import Selection
from gdbench.display.sheets.background_notes import background_notes
from gdbench.display.sheets.headings import heading, metric_words
from gdbench.experiment import moment
from gdbench.metrics import METRICS

ACCURACY, SECONDS, TO_TARGET = (
    Selection(METRICS[name], "last") for name in ("test_accuracy", "train_seconds", "updates_to_target")
)


def test_settings_that_were_replaced_are_named():
    changed = Background(3, overrides=("dataset.train=5000", "training.epochs=2"))
    assert list(background_notes(changed, ACCURACY)) == [
        "Trained with --set dataset.train=5000 --set training.epochs=2."
    ]
    assert list(background_notes(Background(3), ACCURACY)) == []


def test_a_target_that_is_seen_only_at_the_end_of_an_epoch_says_so():
    coarse = Background(3, target=0.88, counts_whole_epochs=True)
    [note] = background_notes(coarse, TO_TARGET)
    assert "training.evaluate_every below 1" in note
    assert list(background_notes(Background(3, target=0.88), TO_TARGET)) == []
    assert list(background_notes(coarse, ACCURACY)) == []


def test_times_that_other_runs_may_have_lengthened_say_so():
    [note] = background_notes(Background(3, has_shared_times=True), SECONDS)
    assert "`timing: exclusive`" in note
    assert list(background_notes(Background(3, has_shared_times=True), ACCURACY)) == []
    assert list(background_notes(Background(3), SECONDS)) == []


def test_a_figure_within_a_time_says_so_and_depends_on_the_machine():
    timed = Selection(METRICS["test_accuracy"], moment.Seconds(2))
    counts, slowed = background_notes(Background(3, has_shared_times=True), timed)
    assert "last evaluation within 2 s of training" in counts
    assert "`timing: exclusive`" in slowed
    assert heading("Ways", timed, Background(3, epoch=5)) == "Ways: test accuracy within 2 s of training, 3 seeds"


def test_the_heading_of_a_cost_says_which_accuracy_is_reached():
    facts = Background(3, target=0.975, target_split="val")
    assert heading("Batches", TO_TARGET, facts) == ("Batches: updates to 97.5 % validation accuracy, 3 seeds")
    seconds = Selection(METRICS["seconds_to_target"], "last")
    assert heading("Batches", seconds, Background(3, target=0.9)) == "Batches: seconds to 90 % test accuracy, 3 seeds"


def test_measures_of_answers_have_names_of_their_own():
    names = ("test_balanced_accuracy", "test_macro_f1", "test_top_3_accuracy", "test_top_5_accuracy", "test_accuracy")
    assert [metric_words(METRICS[name]) for name in names] == [
        "test balanced accuracy",
        "test macro F1",
        "test top-3 accuracy",
        "test top-5 accuracy",
        "test accuracy",
    ]
