"""Whether user code may run: allowed by --trust, or by a yes at the terminal, once for each version of a file."""

import sys
import sysconfig
from collections.abc import Iterable
from pathlib import Path

from gdbench.catalog.plugins import Code
from gdbench.cli.options import say
from gdbench.cli.trusted_list import remember, trusted_hashes
from gdbench.errors import RequestError
from gdbench.experiment.settings.resolved import PluginUse


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
    remembered = trusted_hashes()
    for plugin, code in codes.values():
        if code.sha256 in remembered:
            continue
        # A question that nobody can answer would hang a script.
        if not (sys.stdin.isatty() and sys.stderr.isatty()):
            advice = "read it, then allow it with --trust, or from Python with trust=True"
            raise RequestError(
                f"{plugin.place.prefix}{plugin.path}: {code.file} is not trusted, since it {_origin(code)}: {advice}"
            )
        say(f"{plugin.place.prefix}{plugin.path}: training would run {code.file}, which {_origin(code)}")
        sys.stderr.write("run it, and remember this version of it? [y/N] ")
        sys.stderr.flush()
        answer = sys.stdin.readline().strip()
        if answer.lower() not in ("y", "yes"):
            reason = f"the answer was '{answer}'" if answer else "there was no answer"
            raise RequestError(f"{code.file}: not run, since {reason}")
        remember(code)


def _origin(code: Code) -> str:
    folders = {sysconfig.get_path(kind) for kind in ("purelib", "platlib", "stdlib", "platstdlib")}
    file = Path(code.file).resolve()
    is_installed = any(file.is_relative_to(Path(folder).resolve()) for folder in folders)
    return "is no plug-in of gdbench" if is_installed else "is outside installed packages"
