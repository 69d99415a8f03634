import pytest
from markdown_it import MarkdownIt

from gdbench.comparison.results import Results
from gdbench.display.formats.markdown import escaped, page, sheet_text
from gdbench.display.sheets.printout import Section
from gdbench.display.sheets.sheet import Column, Sheet
from gdbench.display.sheets.table_sheets import TablesPrintout
from tests.builders import a_record, an_experiment


def markdown(experiment, records, metrics):
    return page(TablesPrintout(Results(experiment, records).tables(metrics, ["last"])).sections())


def test_a_github_table_of_the_cells_of_the_terminal():
    collapsed = a_record("a", metrics={"test_accuracy": 0.1, "collapsed": True})
    experiment = an_experiment({"optimizer": ["sgd | x"]}, {("sgd | x",): ["a"], ("b*",): ["b"]})
    records = {"a": collapsed, "b": a_record("b", "diverged")}
    assert markdown(experiment, records, ["test_accuracy"]) == (
        "### Optimizers on MNIST: test accuracy after the last epoch, 1 seed\n"
        "\n"
        "| optimizer | mean | runs | median | min | max |\n"
        "| :--- | ---: | :--- | ---: | ---: | ---: |\n"
        "| sgd \\| x | 10.00 % | 1 collapsed [1] | 10.00 % | 10.00 % | 10.00 % |\n"
        "| b\\* | diverged | 0/1, 1 diverged | diverged | - | - |\n"
        "\n"
        "With 1 seed nothing is decided: take 3, or better 5 or more.\n"
        "\n"
        "[1] collapsed 1 of 1: at least 99 % of the last test predictions are one class\n"
    )


def test_each_metric_has_its_table():
    record = a_record("a", metrics={"test_accuracy": 0.5, "test_loss": 0.25})
    experiment = an_experiment({"optimizer": ["a"]}, {("a",): ["a"]})
    text = markdown(experiment, {"a": record}, ["test_accuracy", "test_loss"])
    assert [line for line in text.splitlines() if line.startswith("#")] == [
        "### Optimizers on MNIST: test accuracy after the last epoch, 1 seed",
        "### Optimizers on MNIST: test loss after the last epoch, 1 seed",
    ]


def test_the_best_row_is_bold_and_a_sheet_without_columns_is_no_table():
    sheet = Sheet("t", (Column("a", align="left"), Column("b")), (("x", 1), ("y", "")), strong=frozenset({1}))
    assert sheet_text(sheet).splitlines()[2:] == ["| a | b |", "| :--- | ---: |", "| x | 1 |", "| **y** |  |"]
    assert sheet_text(Sheet("t", (), (), ("note",))) == "### t\n\nnote\n"


RENDERER = MarkdownIt("commonmark").enable(["table", "strikethrough"])
MARKUP = [
    "![x](http://evil.example/track.png) [click](javascript:alert(1)) <script>alert(1)</script>",
    "[a](http://e)",
    "[a][b] [b]: http://e",
    "_x_ **y** ~~z~~ ***w*** __v__",
    "&lt;b&gt; &#60;b&#62;",
    "`code` $x$ | a \\* b",
    "<http://e.example> <!-- x --> <b>",
    "# a #",
]


def rendered(markdown_text):
    """The types of all that a page is made of, and its text."""
    tokens = [part for token in RENDERER.parse(markdown_text) for part in (token, *(token.children or ()))]
    return {token.type for token in tokens}, "".join(token.content for token in tokens if token.type == "text")


@pytest.mark.parametrize("label", MARKUP)
def test_a_label_renders_as_it_stands(label):
    plain = {"paragraph_open", "inline", "text", "text_special", "paragraph_close"}
    assert rendered(escaped(label)) == (plain - {"text_special"}, label)
    kinds, heading = rendered(page([Section(title=label, summary=label)]))
    assert (kinds, heading) == ({"heading_open", "inline", "text", "heading_close"}, 2 * label)


def test_names_stay_readable():
    for text in ("test_accuracy, last epoch", "[1] collapsed 1 of 1", "a - b (c), d: 97.8 %", "x @ y & z", "C#"):
        assert escaped(text) == text


def test_addresses_do_not_become_links():
    assert escaped("http://e.example HTTPS://e ftp://e www.e.example") == (
        "http\\://e.example HTTPS\\://e ftp\\://e www\\.e.example"
    )
    # GitHub links them even behind a backslash, but not as code.
    assert escaped("of a_b@c.example!") == "of `a_b@c.example`!"


def test_a_line_end_or_mark_of_direction_is_spelled_out():
    assert escaped("a\n# b\u202e") == "a\\\\n# b\\\\u202e"
