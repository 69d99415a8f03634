from pathlib import Path

import pytest

from gdbench.errors import RequestError
from gdbench.experiment.library import find, folder, published


def test_names_stand_for_the_configurations_that_come_along():
    assert find(Path("quickstart")) == folder() / "quickstart.yaml"
    assert find(Path("zeiler2012")) == folder() / "published" / "zeiler2012.yaml"
    assert find(Path("article")) in published()


def test_a_path_is_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    Path("quickstart").write_text("")
    for path in (Path("quickstart"), Path("none/quickstart"), Path("none.yaml")):
        assert find(path) == path


def test_an_unknown_name_is_refused_with_the_nearest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(RequestError, match=r"no configuration of that name; did you mean 'quickstart'\?$"):
        find(Path("quikstart"))
    with pytest.raises(RequestError, match=r"; there are: activations, architectures, article, .*zeiler2012$"):
        find(Path("x"))
