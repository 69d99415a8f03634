"""Whether a user's own code may run: said by --trust, or by a yes at the terminal, once for each content of a file."""

import sys
from collections.abc import Iterable
from pathlib import Path

from gdbench.catalog.plugins import Code
from gdbench.cli.options import say
from gdbench.errors import RequestError
from gdbench.experiment.settings.resolved import PluginUse


def ask_for_trust(plugins: Iterable[PluginUse], trusted: bool) -> None:
    """Make sure that the user knows of each file outside installed packages whose code would run.

    Raises:
        RequestError: the answer is no, or there is nobody to ask.
    """
    codes: dict[str, tuple[PluginUse, Code]] = {}
    for plugin in plugins:
        code = Code(**plugin.component["code"])
        if not code.installed:
            codes.setdefault(code.sha256, (plugin, code))
    if trusted or not codes:
        return
    known = _known()
    for plugin, code in codes.values():
        if code.sha256 in known:
            continue
        if not (sys.stdin.isatty() and sys.stderr.isatty()):
            rule = f"{code.file} is code outside installed packages; read it, then allow it with --trust"
            raise RequestError(f"{plugin.place}: {plugin.path}: {rule}")
        say(f"{plugin.place}: {plugin.path}: {code.file} is code outside installed packages and would run")
        sys.stderr.write("run it, and remember this content of it? [y/N] ")
        sys.stderr.flush()
        if sys.stdin.readline().strip().lower() not in ("y", "yes"):
            raise RequestError(f"{code.file}: not run")
        _remember(code)


def _file() -> Path:
    import platformdirs

    return Path(platformdirs.user_config_path("gdbench")) / "trusted"


def _known() -> frozenset[str]:
    try:
        return frozenset(line.partition(" ")[0] for line in _file().read_text(encoding="utf-8").splitlines())
    except OSError:
        return frozenset()


def _remember(code: Code) -> None:
    file = _file()
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("a", encoding="utf-8") as lines:
        lines.write(f"{code.sha256} {Path(code.file).resolve()}\n")
