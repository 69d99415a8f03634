from pathlib import Path

import pytest

from gdbench.errors import RequestError, UnknownNameError
from gdbench.experiment.shipped_configurations import configurations, find, folder, published


def test_names_stand_for_the_configurations_that_come_along():
    assert find(Path("quickstart")) == folder() / "quickstart.yaml"
    assert find(Path("zeiler2012")) == folder() / "published" / "zeiler2012.yaml"
    assert find(Path("article")) in published()


def test_a_path_is_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    Path("quickstart").write_text("")
    assert find(Path("quickstart")) == Path("quickstart")


@pytest.mark.parametrize("suffix", [".yaml", ".yml"])
def test_a_name_is_first_that_of_a_file_in_this_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, suffix: str):
    monkeypatch.chdir(tmp_path)
    Path(f"quickstart{suffix}").write_text("")
    assert find(Path("quickstart")) == Path(f"quickstart{suffix}")


@pytest.mark.parametrize("path", ["none/quickstart", "none.yaml"])
def test_a_path_that_does_not_exist_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, path: str):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UnknownNameError, match=f"^{path}: no such file or folder"):
        find(Path(path))


def test_an_unknown_name_is_refused_with_the_nearest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(RequestError, match=r"no configuration of that name; did you mean 'quickstart'\?$"):
        find(Path("quikstart"))
    with pytest.raises(UnknownNameError, match=r"^x: no such file, and no configuration of that name$"):
        find(Path("x"))


def test_an_example_wins_over_a_published_comparison_of_its_name():
    named = configurations()
    assert set(named) > {"quickstart", "zeiler2012"}
    assert all(path.stem == name and path.is_file() for name, path in named.items())
