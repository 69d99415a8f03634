import io
import json

from gdbench.comparison.results import Results
from gdbench.display.formats import print_as
from gdbench.display.formats.json import write
from gdbench.display.sheets.printout import JsonModel, Printout, Section
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


class Large(Printout):
    """A printout whose items share what they hold."""

    def __init__(self, model: JsonModel) -> None:
        self._model = model

    def sections(self) -> list[Section]:
        return []

    def model(self) -> JsonModel:
        return self._model


def test_a_model_is_written_piece_by_piece_as_if_at_once():
    shared = {"name": "mlp", "hidden": [128, {"a": []}], "é": "line\nend", "empty": {}}
    runs = {str(run): {"seed": run, "architecture": shared, "none": {}, "rates": [0.5, None, True]} for run in range(3)}
    model = {
        "settings": runs,
        "points": [{"labels": [], "runs": [shared]}, [], 1],
        "empty": {},
        "text": "x",
        "list": [],
    }
    stream = io.StringIO()
    write(Large(model), stream)
    assert stream.getvalue() == json.dumps(model, indent=2) + "\n"
