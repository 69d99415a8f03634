"""Whether user code may run: allowed by --trust, or by a yes at the terminal, once for each version of a file."""

import sys
from collections.abc import Iterable
from pathlib import Path

from gdbench.catalog.plugins import Code
from gdbench.cli.options import say
from gdbench.errors import RequestError
from gdbench.experiment.settings.resolved import PluginUse


def ask_for_trust(plugins: Iterable[PluginUse], trusted: bool) -> None:
    """Have the user allow each file outside installed packages whose code would run.

    Raises:
        RequestError: the answer is no, or there is no terminal to ask at.
    """
    # By hash, so that a file named in several places is asked for once.
    codes: dict[str, tuple[PluginUse, Code]] = {}
    for plugin in plugins:
        code = Code(**plugin.component["code"])
        if not code.installed:
            codes.setdefault(code.sha256, (plugin, code))
    if trusted or not codes:
        return
    remembered = _trusted()
    for plugin, code in codes.values():
        if code.sha256 in remembered:
            continue
        # A question that nobody can answer would hang a script.
        if not (sys.stdin.isatty() and sys.stderr.isatty()):
            rule = f"trusted code; got {code.file}, which is outside installed packages"
            raise RequestError(f"{plugin.place}: {plugin.path}: expected {rule}: read it, then allow it with --trust")
        say(f"{plugin.place}: {plugin.path}: {code.file} is code outside installed packages and would run")
        sys.stderr.write("run it, and remember this version of it? [y/N] ")
        sys.stderr.flush()
        answer = sys.stdin.readline().strip()
        if answer.lower() not in ("y", "yes"):
            raise RequestError(f"{code.file}: expected a yes before it is run; got '{answer}'")
        _remember(code)


def _file() -> Path:
    import platformdirs

    return Path(platformdirs.user_config_path("gdbench")) / "trusted"


def _trusted() -> frozenset[str]:
    try:
        return frozenset(line.partition(" ")[0] for line in _file().read_text(encoding="utf-8").splitlines())
    # Nothing was trusted before; an unreadable list only means to be asked again.
    except OSError:
        return frozenset()


def _remember(code: Code) -> None:
    file = _file()
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("a", encoding="utf-8") as lines:
        lines.write(f"{code.sha256} {Path(code.file).resolve()}\n")
