"""gdbench report: one file, in the results folder or elsewhere."""

from pathlib import Path

import pytest

from gdbench.cli.report import report
from gdbench.errors import RequestError

QUICKSTART = Path(__file__).parents[2] / "results" / "reference" / "quickstart"


def test_a_report_lies_in_the_results_folder_or_where_it_is_wanted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    folder = tmp_path / "quickstart"
    folder.mkdir()
    for name in ("experiment.yaml", "runs.jsonl"):
        (folder / name).write_bytes((QUICKSTART / name).read_bytes())
    seen: list[str] = []
    monkeypatch.setattr("webbrowser.open", lambda address: seen.append(address) or True)
    report(folder, open_=True)
    written = folder / "report.html"
    assert written.read_text().startswith("<!DOCTYPE html>")
    assert seen == [written.as_uri()]
    report(folder, out=tmp_path / "elsewhere.html")
    assert (tmp_path / "elsewhere.html").read_bytes() == written.read_bytes()
    assert capsys.readouterr().err == f"written: {written}\nwritten: {tmp_path / 'elsewhere.html'}\n"


def test_without_a_browser_the_file_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("webbrowser.open", lambda _address: False)
    report(QUICKSTART, out=tmp_path / "x.html", open_=True)
    assert capsys.readouterr().err.endswith("no browser found; open the file yourself\n")


def test_a_folder_without_results_is_refused(tmp_path: Path):
    with pytest.raises(RequestError, match="no results yet"):
        report(tmp_path)
