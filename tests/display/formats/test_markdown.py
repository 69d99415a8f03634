from gdbench.comparison.results import Results
from gdbench.display.formats.markdown import page
from gdbench.display.sheets.table_sheets import TablesPrintout
from tests.builders import a_record, an_experiment


def markdown(experiment, records, metrics):
    return page(TablesPrintout(Results(experiment, records).tables(metrics, ["last"])).sections())


def test_a_github_table_of_the_cells_of_the_terminal():
    collapsed = a_record("a", metrics={"test_accuracy": 0.1, "collapsed": True})
    experiment = an_experiment({"optimizer": ["sgd | x"]}, {("sgd | x",): ["a"], ("b*",): ["b"]})
    records = {"a": collapsed, "b": a_record("b", "diverged")}
    assert markdown(experiment, records, ["test_accuracy"]) == (
        "### Optimizers on MNIST: test_accuracy, last epoch\n"
        "\n"
        "| optimizer | runs | done | diverged | failed | mean | sd | 95 % interval | median | min | max | notes |\n"
        "| :--- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n"
        "| sgd \\| x | 1 | 1 | 0 | 0 | 10.00 % | - | - | 10.00 % | 10.00 % | 10.00 % | 1 |\n"
        "| b\\* | 1 | 0 | 1 | 0 | diverged 1 | - | - | diverged | - | - |  |\n"
        "\n"
        "[1] collapsed 1 of 1: at least 99 % of the last test predictions of such a run are one class\n"
    )


def test_each_metric_has_its_table():
    record = a_record("a", metrics={"test_accuracy": 0.5, "test_loss": 0.25})
    experiment = an_experiment({"optimizer": ["a"]}, {("a",): ["a"]})
    text = markdown(experiment, {"a": record}, ["test_accuracy", "test_loss"])
    assert [line for line in text.splitlines() if line.startswith("#")] == [
        "### Optimizers on MNIST: test_accuracy, last epoch",
        "### Optimizers on MNIST: test_loss, last epoch",
    ]
