"""What `--out` replaces: nothing but a file of its own kind."""

from pathlib import Path

import pytest

from gdbench.cli.plot import plot
from gdbench.cli.report import report
from gdbench.cli.schema import schema
from gdbench.errors import RequestError

QUICKSTART = Path(__file__).parents[2] / "results" / "reference" / "quickstart"


@pytest.mark.parametrize("name", ["runs.jsonl", "experiment.yaml", "mine"])
@pytest.mark.parametrize(
    ("write", "endings"),
    [
        (lambda out: report(QUICKSTART, out=out), ".html or .htm"),
        (lambda out: schema(out=out), ".json"),
        (lambda out: plot(QUICKSTART, kind="strip", out=out), ".svg or .png or .pdf"),
        (lambda out: plot(QUICKSTART, kind="strip", format_="svg", out=out), ".svg"),
    ],
)
def test_a_file_of_another_kind_is_left_alone(tmp_path: Path, write, endings, name):
    out = tmp_path / name
    out.write_text("mine")
    with pytest.raises(RequestError) as caught:
        write(out)
    assert str(caught.value) == f"--out: expected a file name ending in {endings}; got '{out}'"
    assert out.read_text() == "mine"


def test_a_chart_under_the_name_of_another_format_is_refused(tmp_path: Path):
    with pytest.raises(RequestError, match=r"--out: expected a file name ending in \.png; got"):
        plot(QUICKSTART, kind="strip", format_="png", out=tmp_path / "strip.svg")


def test_what_is_no_file_is_left_alone(tmp_path: Path):
    folder = tmp_path / "page.html"
    folder.mkdir()
    with pytest.raises(RequestError, match="--out: expected a file, or a name that is not taken; got"):
        report(QUICKSTART, out=folder)
    assert folder.is_dir()
