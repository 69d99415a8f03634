"""Files to start from: templates, shipped configurations, and a comparison with the user's optimizer."""

import re
from dataclasses import dataclass, field
from pathlib import Path

from gdbench.catalog.optimizers import OPTIMIZERS
from gdbench.errors import PluginError, RequestError
from gdbench.experiment.header import MAX_NAME_LENGTH
from gdbench.experiment.json_schema.configuration import FILE as SCHEMA
from gdbench.experiment.plan import load_plan
from gdbench.experiment.shipped_configurations import configurations
from gdbench.text import suggestion

STARTER = "starter"
_PLACE = "FILE:CLASS, a file in this folder and a class in it"
_FOLDER = Path(__file__).with_name("templates")
# Not offered by name: it is filled in with the class that it compares.
_OPTIMIZER = "optimizer"
# The learning rate where the class has no default for it: that of Keras' Adam.
_RATE = 0.001
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_MODELINE = re.compile(r"\A# yaml-language-server: .*\n")


@dataclass(frozen=True, slots=True)
class StartingFile:
    """A configuration to be written, and the files with code that it names, by the names that they get beside it."""

    text: str
    code: dict[str, bytes] = field(default_factory=dict)


def templates() -> tuple[str, ...]:
    """Return what a new file can be made from: templates, then the configurations that ship with gdbench."""
    own = sorted(path.stem for path in _FOLDER.glob("*.yaml") if path.stem != _OPTIMIZER)
    return (*sorted(own, key=lambda name: name != STARTER), *sorted(configurations()))


def checked_name(name: str) -> str:
    """Return a name without `.yaml`, if it can name a file of the current folder and of its results.

    Raises:
        RequestError: it cannot.
    """
    stem = name.removesuffix(".yaml")
    if not _NAME.fullmatch(stem) or len(stem) > MAX_NAME_LENGTH:
        rule = f"a name of letters, digits, '.', '_' and '-', of at most {MAX_NAME_LENGTH} characters"
        raise RequestError(f"new: expected {rule}; got '{name}'")
    return stem


def from_template(name: str, template: str) -> StartingFile:
    """Return a copy of a template or of a shipped configuration, whose comments name the new file.

    Raises:
        RequestError: there is neither.
    """
    shipped = configurations()
    if template not in templates():
        known = ", ".join(templates())
        raise RequestError(f"--from: expected one of {known}; got '{template}'{suggestion(template, templates())}")
    own = _FOLDER / f"{template}.yaml"
    if own.exists():
        return StartingFile(_text(own).replace("NAME", name))
    path = shipped[template]
    known_as = f"configs/{path.relative_to(configurations()['quickstart'].parent).as_posix()}"
    text = _MODELINE.sub(f"# yaml-language-server: $schema={SCHEMA}\n", _text(path)).replace(known_as, f"{name}.yaml")
    # Code is looked for beside the file that names it.
    files = {Path(plugin.component["code"]["file"]) for plugin in load_plan(path).plugins}
    return StartingFile(text, {file.name: file.read_bytes() for file in files if file.parent == path.parent})


def with_optimizer(name: str, optimizer: str, folder: Path) -> StartingFile:
    """Return a tuned comparison of an optimizer, `file.py:Class` or `module:Class`, whose code stands in the folder.

    Raises:
        RequestError: there is no such class, or it has no learning rate to compare at.
    """
    file, _, attribute = optimizer.rpartition(":")
    if not file or not attribute:
        rule = "FILE:CLASS, such as my_code.py:MyOptimizer"
        raise RequestError(f"--optimizer: expected {rule}; got '{optimizer}'")
    if file.endswith(".py") and not (folder / file).is_file():
        raise RequestError(f"--optimizer: expected {_PLACE}; got '{optimizer}': no such file")
    parts = Path(file).with_suffix("").parts if file.endswith(".py") else (file,)
    code = f"{'.'.join(parts)}:{attribute}"
    try:
        _, signature = OPTIMIZERS.plugin(code).find(OPTIMIZERS.noun, folder)
    except PluginError as error:
        raise RequestError(f"--optimizer: expected {_PLACE}; got '{optimizer}': {error}") from None
    if not signature.takes("learning_rate", ()):
        raise RequestError(
            f"--optimizer: expected a class that takes a learning_rate; got '{optimizer}', which does not"
        )
    if needed := [argument for argument in signature.required if argument != "learning_rate"]:
        rule = f"a class with a default for every argument; got '{optimizer}' without one for {', '.join(needed)}"
        raise RequestError(f"--optimizer: expected {rule}")
    text = _text(_FOLDER / f"{_OPTIMIZER}.yaml")
    # A label that one of the others has would stand for two rows.
    label = attribute if attribute not in ("Momentum", "Adam", "AdamW", "Muon") else f"own {attribute}"
    # Its untuned row needs a rate; what a constructor has from its base cannot be read without running code.
    has_rate = "learning_rate" in signature.defaults
    component = code if has_rate else f"{{name: {code}, learning_rate: {_RATE}}}"
    return StartingFile(text.replace("NAME", name).replace("OWN", label).replace("CODE", component))


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8")
