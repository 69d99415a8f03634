"""gdbench plot: one chart as a file of the wanted kind and size."""

import re
import struct
from pathlib import Path

import pytest

from gdbench.cli.app import run
from gdbench.cli.plot import plot
from gdbench.comparison.results import Results
from gdbench.display.charts.kind_texts import KIND_TEXTS

RESULTS = Path(__file__).parents[2] / "results"
QUICKSTART = RESULTS / "reference" / "quickstart"


def test_a_chart_is_as_wide_as_two_columns(tmp_path: Path):
    out = tmp_path / "curves.svg"
    plot(QUICKSTART, out=out)
    found = re.search(r'width="([\d.]+)pt"', out.read_text())
    assert found is not None
    assert float(found[1]) == pytest.approx(6.9 * 72, abs=4)


def test_a_png_has_the_dots_of_print_and_a_pdf_its_points(tmp_path: Path):
    plot(QUICKSTART, kind="strip", width="single", out=tmp_path / "strip.png")
    width = struct.unpack(">I", (tmp_path / "strip.png").read_bytes()[16:20])[0]
    assert width == pytest.approx(3.35 * 300, abs=20)
    plot(QUICKSTART, kind="strip", width="single", out=tmp_path / "strip.pdf")
    pdf = (tmp_path / "strip.pdf").read_bytes()
    assert pdf.startswith(b"%PDF")
    box = re.search(rb"/MediaBox ?\[0 0 ([\d.]+)", pdf)
    assert box is not None
    assert float(box[1]) == pytest.approx(3.35 * 72, abs=4)


def test_a_slide_is_filled(tmp_path: Path):
    for kind in ("curves", "strip"):
        plot(QUICKSTART, kind=kind, width="slide", out=tmp_path / "slide.png")
        width, height = struct.unpack(">II", (tmp_path / "slide.png").read_bytes()[16:24])
        assert width == pytest.approx(3000, abs=30)
        assert height == pytest.approx(3000 * 9 / 16, abs=40)


def test_several_comparisons_are_a_file_each(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    plot(RESULTS / "article", kind="target", out=tmp_path / "to.svg")
    assert "to-optimizers.svg" in {path.name for path in tmp_path.iterdir()}
    told = capsys.readouterr().err.splitlines()
    assert len(told) == len(Results.load(RESULTS / "article").comparisons)
    assert "no chart of learning-rate: --kind target: expected a comparison with a target" in "\n".join(told)


def test_by_default_it_lies_among_the_results(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    folder = tmp_path / "quickstart"
    folder.mkdir()
    for name in ("experiment.yaml", "runs.jsonl"):
        (folder / name).write_bytes((QUICKSTART / name).read_bytes())
    plot(folder, metric="test_loss", by="update")
    written = folder / "charts" / "quickstart-curves-test_loss-update.svg"
    assert written.read_text().startswith("<svg")
    assert capsys.readouterr().err == f"written: {written}\n"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--out", "x.gif"], "--out: expected a file name ending in .svg or .png or .pdf; got 'x.gif'"),
        (["--width", "doubel"], "--width: expected one of single, double, slide; got 'doubel'; did you mean 'double'?"),
        (["--kind", "strop"], "--kind: expected one of"),
    ],
)
def test_a_wrong_request_is_one_line_and_writes_nothing(
    options: list[str],
    message: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.argv", ["gdbench", "plot", str(QUICKSTART), *options])
    with pytest.raises(SystemExit) as ended:
        run()
    assert ended.value.code == 2
    assert capsys.readouterr().err.startswith(message)
    assert list(tmp_path.iterdir()) == []


def test_help_lists_every_kind(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    monkeypatch.setattr("sys.argv", ["gdbench", "plot", "--help"])
    with pytest.raises(SystemExit):
        run()
    shown = capsys.readouterr().out
    for kind, text in KIND_TEXTS.items():
        assert re.search(rf"^  {kind} +{re.escape(text)}$", shown, re.MULTILINE)


@pytest.mark.parametrize("option", ["--comparison", "--format", "--metric", "--by", "--at", "--width"])
def test_an_empty_value_is_refused(option: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    monkeypatch.setattr("sys.argv", ["gdbench", "plot", str(QUICKSTART), f"{option}="])
    with pytest.raises(SystemExit) as ended:
        run()
    assert ended.value.code == 2
    assert re.fullmatch(f"{option}: expected .*; got ''\n", capsys.readouterr().err)


def test_numbers_in_cells_have_letters_of_the_size_of_the_chart(tmp_path: Path):
    sizes = {}
    for width in ("single", "double"):
        out = tmp_path / f"{width}.svg"
        plot(RESULTS / "reference" / "tuned-optimizers", kind="confusion", comparison="mnist", width=width, out=out)
        found = re.search(r'font-size="([\d.]+)px"[^>]*>98\.5<', out.read_text())
        assert found is not None
        sizes[width] = float(found[1])
    assert sizes["single"] / sizes["double"] == pytest.approx(7.5 / 8.5, rel=0.01)
