"""Installed packages of plug-ins: what declares itself one runs without a question, and nothing else does."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from gdbench.catalog import plugin_packages
from gdbench.catalog.plugins import find

ENTRY = "[gdbench.plugins]\nmine = {module}\n"


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder of installed packages."""
    folder = tmp_path / "site"
    folder.mkdir()
    monkeypatch.setattr(sys, "path", [*sys.path, str(folder)])
    for cached in (plugin_packages._files, plugin_packages._folders):
        cached.cache_clear()
    yield folder
    for cached in (plugin_packages._files, plugin_packages._folders):
        cached.cache_clear()


def install(site: Path, name: str, files: dict[str, str], entries: str = "", *, record: bool = True) -> None:
    """Install a distribution as pip does."""
    metadata = {f"{name}-1.0.dist-info/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n"}
    if entries:
        metadata[f"{name}-1.0.dist-info/entry_points.txt"] = entries
    for path, text in (files | metadata).items():
        (site / path).parent.mkdir(parents=True, exist_ok=True)
        (site / path).write_text(text)
    if record:
        lines = "".join(f"{path},,\n" for path in files | metadata)
        (site / f"{name}-1.0.dist-info/RECORD").write_text(lines)


def needs_trust(name: str, folder: Path) -> bool:
    return find(name, "optimizer", folder).needs_trust


@pytest.mark.parametrize("record", [True, False])
def test_modules_of_a_distribution_of_plugins_need_no_trust(site: Path, tmp_path: Path, record: bool):
    files = {"fastopt/__init__.py": "Own = 1\n", "fastopt/inner/more.py": "Own = 1\n"}
    install(site, "fastopt", files, ENTRY.format(module="fastopt"), record=record)
    assert not needs_trust("fastopt:Own", tmp_path)
    assert not needs_trust("fastopt.inner.more:Own", tmp_path)


@pytest.mark.parametrize("record", [True, False])
def test_a_distribution_of_plugins_that_is_a_single_module(site: Path, tmp_path: Path, record: bool):
    install(site, "fastone", {"fastone.py": "Own = 1\n"}, ENTRY.format(module="fastone:Own"), record=record)
    assert not needs_trust("fastone:Own", tmp_path)


def test_a_distribution_installed_in_place_still_needs_trust(
    site: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """As `pip install -e` does: the metadata list no file of the folder, which changes without being installed."""
    project = tmp_path / "project"
    (project / "fastopt").mkdir(parents=True)
    (project / "fastopt" / "__init__.py").write_text("Own = 1\n")
    monkeypatch.setattr(sys, "path", [*sys.path, str(project)])
    url = f'{{"dir_info": {{"editable": true}}, "url": "{project.as_uri()}"}}'
    metadata = {"fastopt-1.0.dist-info/top_level.txt": "fastopt\n", "fastopt-1.0.dist-info/direct_url.json": url}
    install(site, "fastopt", {"fastopt.pth": f"{project}\n", **metadata}, ENTRY.format(module="fastopt"))
    assert needs_trust("fastopt:Own", tmp_path)


def test_a_working_folder_with_metadata_of_its_own_still_needs_trust(
    tmp_path: Path, site: Path, monkeypatch: pytest.MonkeyPatch
):
    project = tmp_path / "project"
    (project / "fastopt.egg-info").mkdir(parents=True)
    (project / "fastopt.py").write_text("Own = 1\n")
    texts = {
        "PKG-INFO": "Metadata-Version: 2.1\nName: fastopt\nVersion: 1.0\n",
        "SOURCES.txt": "fastopt.py\n",
        "top_level.txt": "fastopt\n",
        "entry_points.txt": ENTRY.format(module="fastopt"),
    }
    for name, text in texts.items():
        (project / "fastopt.egg-info" / name).write_text(text)
    monkeypatch.setattr(sys, "path", [*sys.path, str(project)])
    assert needs_trust("fastopt:Own", site)


def test_its_neighbors_still_need_trust(site: Path, tmp_path: Path):
    install(site, "fastopt", {"fastopt.py": "Own = 1\n"}, ENTRY.format(module="fastopt"))
    install(site, "other", {"other.py": "Own = 1\n"}, "[console_scripts]\nother = other:Own\n")
    (site / "loose.py").write_text("Own = 1\n")
    assert needs_trust("other:Own", tmp_path)
    assert needs_trust("loose:Own", tmp_path)


def test_what_its_entry_point_names_of_others_still_needs_trust(site: Path, tmp_path: Path):
    install(site, "sly", {"sly.py": "Own = 1\n"}, ENTRY.format(module="os"))
    assert needs_trust("os:system", tmp_path)


def test_a_file_beside_the_configuration_needs_trust_whatever_its_name(site: Path, tmp_path: Path):
    install(site, "fastopt", {"fastopt.py": "Own = 1\n"}, ENTRY.format(module="fastopt"))
    (tmp_path / "fastopt.py").write_text("Own = 2\n")
    assert needs_trust("fastopt:Own", tmp_path)


@pytest.mark.usefixtures("site")
def test_metadata_beside_the_configuration_declares_nothing(tmp_path: Path):
    install(tmp_path, "sly", {"sly.py": "Own = 1\n"}, ENTRY.format(module="sly"))
    assert needs_trust("sly:Own", tmp_path)
