"""Whether user code may run: allowed by --trust, or by a yes at the terminal, once for each version of a file."""

import sys
import sysconfig
from collections.abc import Iterable
from pathlib import Path

from gdbench.catalog.plugins import Code
from gdbench.cli.options import say
from gdbench.errors import RequestError
from gdbench.experiment.settings.resolved import PluginUse
from gdbench.text import printable


def ask_for_trust(plugins: Iterable[PluginUse], trusted: bool) -> None:
    """Have the user allow each file whose code would run, unless it comes with an installed package of plug-ins.

    Raises:
        RequestError: the answer is no, or there is no terminal to ask at.
    """
    # By hash, so that a file named in several places is asked for once.
    codes: dict[str, tuple[PluginUse, Code]] = {}
    for plugin in plugins:
        code = Code(**plugin.component["code"])
        if code.needs_trust:
            codes.setdefault(code.sha256, (plugin, code))
    if trusted or not codes:
        return
    remembered = _trusted()
    for plugin, code in codes.values():
        if code.sha256 in remembered:
            continue
        # A question that nobody can answer would hang a script.
        if not (sys.stdin.isatty() and sys.stderr.isatty()):
            rule = f"trusted code; got {code.file}, which {_origin(code)}"
            advice = "read it, then allow it with --trust, in Python with trust=True"
            raise RequestError(f"{plugin.place.prefix}{plugin.path}: expected {rule}: {advice}")
        say(f"{plugin.place.prefix}{plugin.path}: {code.file} {_origin(code)} and would run")
        sys.stderr.write("run it, and remember this version of it? [y/N] ")
        sys.stderr.flush()
        answer = sys.stdin.readline().strip()
        if answer.lower() not in ("y", "yes"):
            raise RequestError(f"{code.file}: expected a yes before it is run; got '{answer}'")
        _remember(code)


def _origin(code: Code) -> str:
    folders = {sysconfig.get_path(kind) for kind in ("purelib", "platlib", "stdlib", "platstdlib")}
    file = Path(code.file).resolve()
    is_installed = any(file.is_relative_to(Path(folder).resolve()) for folder in folders)
    return "is no plug-in of gdbench" if is_installed else "is outside installed packages"


def _file() -> Path | None:
    """Return the list of what is trusted; None where the user has no folder for it."""
    import platformdirs

    file = Path(platformdirs.user_config_path("gdbench")) / "trusted"
    # Without a home it would stand in the current folder, where anyone's configuration could bring its own.
    return file if file.is_absolute() else None


def _trusted() -> frozenset[str]:
    file = _file()
    try:
        text = file.read_text(encoding="utf-8") if file else ""
    # Nothing was trusted before; an unreadable list only means to be asked again.
    except (OSError, UnicodeDecodeError):
        return frozenset()
    return frozenset(line.partition(" ")[0] for line in text.splitlines())


def _remember(code: Code) -> None:
    file = _file()
    if file is None:
        return
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("a", encoding="utf-8") as lines:
            # Spelled out, since a line end in a folder's name would begin a line that trusts something else.
            lines.write(f"{code.sha256} {printable(str(Path(code.file).resolve()))}\n")
    except OSError as error:
        say(f"{file}: cannot remember the answer: {error.strerror}")
