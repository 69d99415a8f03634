import json

from gdbench.comparison.results import Results
from gdbench.display.formats import print_as
from gdbench.display.sheets.table_sheets import TablesPrintout
from tests.builders import a_record, accuracies, an_experiment


def test_a_program_reads_figures_as_numbers_null_or_diverged(capsys):
    experiment = an_experiment({"optimizer": ["sgd", "adam"]}, {("sgd",): ["a0"], ("adam",): ["b0"]})
    records = {**accuracies("a", 0.5), "b0": a_record("b0", "diverged")}
    print_as("json", TablesPrintout(Results(experiment, records).tables(["test_accuracy"], ["last"])))
    [table] = json.loads(capsys.readouterr().out)
    assert (table["comparison"], table["title"], table["axes"]) == ("optimizers", "Optimizers on MNIST", ["optimizer"])
    assert table["separations"]["test_accuracy"] == {
        **{"test": "moderated", "seeds": 1, "best": None, "baseline": None, "pairs": 0, "separated": 0},
        **{"detectable": None, "obstacle": "few_seeds"},
    }
    done, diverged = table["rows"]
    assert done == {
        "labels": ["sgd"],
        "runs": 1,
        "done": 1,
        "diverged": 0,
        "failed": 0,
        "collapsed": 0,
        "metrics": {
            "test_accuracy": {
                "n": 1,
                "mean": 0.5,
                "sd": None,
                "ci_low": None,
                "ci_high": None,
                "median": 0.5,
                "min": 0.5,
                "max": 0.5,
                "group": None,
                "difference": None,
                "p": None,
            }
        },
        "notes": [],
    }
    assert diverged["metrics"]["test_accuracy"]["median"] == "diverged"
    assert diverged["metrics"]["test_accuracy"]["mean"] is None
