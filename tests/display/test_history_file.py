from gdbench.comparison.results import Results
from gdbench.display.history_file import history_files
from tests.builders import a_record, an_experiment

HISTORY = {"epoch": [1, 2], "update": [10, 20], "test_accuracy": [0.5, 0.75], "val_loss": [None, 1.25]}


def files_of(label: str, *records) -> dict[str, str]:
    experiment = an_experiment({"optimizer": [label]}, {(label,): ["a0", "a1"]})
    return history_files(Results(experiment, {record.run.id: record for record in records}))


def test_a_line_for_each_run_and_evaluation():
    diverged = {name: values[:1] for name, values in HISTORY.items()}
    records = [a_record("a0", history=HISTORY, clock=[0.5, 1.0]), a_record("a1", "diverged", history=diverged)]
    assert files_of("adam", *records) == {
        "tables/optimizers-history.csv": (
            "optimizer,seed,id,status,epoch,update,test_accuracy,val_loss,train_seconds\n"
            "adam,0,a0,done,1,10,0.5,,0.5\n"
            "adam,0,a0,done,2,20,0.75,1.25,1.0\n"
            "adam,0,a1,diverged,1,10,0.5,,\n"
        )
    }


def test_no_label_is_a_formula_or_commands_a_terminal():
    [text] = files_of("=1+1\x1b", a_record("a0", history=HISTORY)).values()
    assert text.splitlines()[1].startswith(r"'=1+1\x1b,0,a0,done,1,10,")


def test_without_an_evaluation_there_is_no_file():
    assert files_of("adam", a_record("a0", "failed")) == {}
