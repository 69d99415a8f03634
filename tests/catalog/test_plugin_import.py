"""What runs of a plug-in: the bytes that were hashed, whatever lies beside them and whatever their module is called."""

import inspect
import linecache
import py_compile
import sys
import traceback
from collections.abc import Iterator
from pathlib import Path

import pytest

from gdbench.catalog.plugin_loading import Attribute, load
from gdbench.catalog.plugins import find
from gdbench.errors import StalePlanError


@pytest.fixture(autouse=True)
def _clean(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Each test imports as a worker does, in which nothing of a plug-in was imported before."""
    monkeypatch.setattr(sys, "path", [entry for entry in sys.path if entry])
    monkeypatch.setattr(sys, "meta_path", list(sys.meta_path))
    before = set(sys.modules)
    yield
    for name in set(sys.modules) - before:
        del sys.modules[name]
    monkeypatch.setattr("gdbench.catalog.plugin_import._FINDER._specs", {})


def write(folder: Path, **texts: str) -> None:
    """Write modules, by name or by path."""
    for name, text in texts.items():
        path = folder / (name if name.endswith(".py") else f"{name}.py")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def loaded(name: str, folder: Path) -> Attribute:
    return load(name, find(name, "loss", folder))


def test_a_compiled_copy_is_never_run(tmp_path: Path):
    write(tmp_path, other="def own(): return 'compiled'\n", mine_a="def own(): return 'source'\n")
    cache = tmp_path / "__pycache__" / f"mine_a.{sys.implementation.cache_tag}.pyc"
    mode = py_compile.PycInvalidationMode.UNCHECKED_HASH
    py_compile.compile(str(tmp_path / "other.py"), str(cache), invalidation_mode=mode)
    before = cache.read_bytes()
    assert loaded("mine_a:own", tmp_path)() == "source"
    assert cache.read_bytes() == before


def test_no_compiled_copy_is_left(tmp_path: Path):
    write(tmp_path, **{"mine_b": "def own(): pass\n", "pack_b/inner": "def own(): pass\n"})
    loaded("mine_b:own", tmp_path)
    loaded("pack_b.inner:own", tmp_path)
    assert list(tmp_path.rglob("*.pyc")) == []


def test_the_source_that_runs_is_the_one_that_is_shown(tmp_path: Path):
    write(tmp_path, mine_c="def own():\n    raise ValueError('planned')")
    own = loaded("mine_c:own", tmp_path)
    write(tmp_path, mine_c="# changed\n# since\n")
    linecache.checkcache()
    assert inspect.getsource(own) == "def own():\n    raise ValueError('planned')\n"
    with pytest.raises(ValueError, match="planned") as caught:
        own()
    assert "raise ValueError('planned')" in traceback.format_exception(caught.value)[-2]


def test_a_file_that_is_changed_or_removed_after_the_plan_is_refused(tmp_path: Path):
    write(tmp_path, mine_d="def own(): pass\n")
    code = find("mine_d:own", "loss", tmp_path)
    write(tmp_path, mine_d="def own(): return 1\n")
    with pytest.raises(StalePlanError, match="got a changed file; the same command plans it anew"):
        load("mine_d:own", code)
    (tmp_path / "mine_d.py").unlink()
    with pytest.raises(StalePlanError, match="expected the code as planned; got 'No such file or directory'"):
        load("mine_d:own", code)


def test_one_file_is_one_module_whoever_imports_it(tmp_path: Path):
    write(
        tmp_path,
        mine_e="import aside_e\nclass Own: pass\n",
        aside_e="def mine():\n    import mine_e\n    return mine_e.Own\n",
    )
    own, other = (load("mine_e:Own", find("mine_e:Own", family, tmp_path)) for family in ("loss", "optimizer"))
    assert own is other
    assert loaded("aside_e:mine", tmp_path)() is own


@pytest.mark.parametrize("name", ["random", "csv", "sys", "math", "json", "keras"])
def test_a_module_beside_the_configuration_neither_shadows_nor_is_shadowed(tmp_path: Path, name: str):
    before = sys.modules.get(name)
    write(tmp_path, **{name: "def own(): return 'beside'\n"})
    assert loaded(f"{name}:own", tmp_path)() == "beside"
    assert sys.modules.get(name) is before


@pytest.mark.parametrize("init", [True, False])
def test_a_package_beside_the_configuration_is_not_shadowed(tmp_path: Path, init: bool):
    write(tmp_path, **{"json/inner": "from .more import VALUE\ndef own(): return VALUE\n"})
    write(tmp_path, **{"json/more": "VALUE = 'beside'\n"})
    if init:
        write(tmp_path, **{"json/__init__": "VALUE = 1\n"})
    assert loaded("json.inner:own", tmp_path)() == "beside"
    import json

    assert json.loads("1") == 1


def test_the_file_of_a_package_runs_as_hashed_even_where_the_package_imports_it(tmp_path: Path):
    write(tmp_path, **{"pack_f/__init__": "from pack_f.inner import own\n"})
    write(tmp_path, **{"pack_f/inner": "def own(): return 'source'\n"})
    write(tmp_path, other="def own(): return 'compiled'\n")
    cache = tmp_path / "pack_f" / "__pycache__" / f"inner.{sys.implementation.cache_tag}.pyc"
    mode = py_compile.PycInvalidationMode.UNCHECKED_HASH
    py_compile.compile(str(tmp_path / "other.py"), str(cache), invalidation_mode=mode)
    assert loaded("pack_f.inner:own", tmp_path)() == "source"
    assert loaded("pack_f:own", tmp_path)() == "source"


def test_a_module_of_a_library_stays_the_librarys(tmp_path: Path):
    import os
    import xml.etree.ElementTree

    assert loaded("os:getcwd", tmp_path)() == str(Path.cwd())
    assert loaded("xml.etree.ElementTree:XML", tmp_path)("<a/>").tag == "a"
    assert sys.modules["os"] is os
    assert sys.modules["xml.etree.ElementTree"] is xml.etree.ElementTree


def test_the_folder_of_a_plugin_comes_last_on_the_path(tmp_path: Path):
    write(tmp_path, mine_g="import random\ndef own(): return random\n", random="raise SystemExit('shadowed')\n")
    import random

    assert loaded("mine_g:own", tmp_path)() is random
    assert sys.path[-1] == str(tmp_path)
