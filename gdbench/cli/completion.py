"""What a shell completes beside commands and options: configurations, results, names, labels and metrics.

Completion runs at a key press: it imports what it needs and no more, and an error means that nothing is offered.
"""

import inspect
import os
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, redirect_stderr, suppress
from pathlib import Path
from typing import TYPE_CHECKING, get_args

import typer
from typer.models import ParameterInfo

from gdbench.display.charts.kind_texts import KIND_TEXTS

if TYPE_CHECKING:
    from gdbench.experiment.experiment import Experiment

# In which the script of a shell says which one it is.
VARIABLE = "_GDBENCH_COMPLETE"
# Options that take one of a few words, by the name of the parameter. They are repeated here, since the modules that
# define them take long to import; a test compares both.
WORDS: Mapping[str, tuple[str, ...]] = {
    "kind": tuple(KIND_TEXTS),
    "to": ("tensorboard", "mlflow"),
    "order": ("seeds", "longest"),
    "test": ("moderated", "paired"),
    "width": ("single", "double", "slide"),
}
CHART_FORMATS = ("svg", "png", "pdf")
X_AXES = ("epoch", "update", "seconds")
# These take several words with commas between them, as options of many values do, except for settings.
_SEVERAL = ("to", "order")
# A folder may hold thousands of files.
_MOST = 200
# Larger ones take too long to read at a key press.
_MAX_EXPERIMENT_BYTES = 2_000_000
_PLAIN = re.compile(r"[^\w./=:,@%+-]")

Completer = Callable[[typer.Context], Iterator[str]]


def is_completing() -> bool:
    """Whether a shell has called the command to complete a line."""
    return VARIABLE in os.environ


@contextmanager
def silence() -> Iterator[None]:
    """Print no error while a line is being completed: it would stand in the middle of what is typed."""
    with Path(os.devnull).open("w") as nowhere, redirect_stderr(nowhere), suppress(Exception):
        yield


def attach(command: Callable[..., None]) -> None:
    """Give each parameter of a command the completer of its name."""
    for name, parameter in inspect.signature(command).parameters.items():
        for info in get_args(parameter.annotation):
            if isinstance(info, ParameterInfo) and name in _COMPLETERS:
                takes_list = name in _SEVERAL or (get_args(parameter.annotation)[0] == list[str] and name != "set_")
                info.autocompletion = _safe(_COMPLETERS[name], takes_list=takes_list)


def _safe(completer: Completer, *, takes_list: bool) -> Callable[[typer.Context, str], list[str]]:
    """Return a completer that offers nothing where it would raise, and after a comma what else a list can have."""

    def offered(ctx: typer.Context, incomplete: str) -> list[str]:
        # A traceback at a key press would garble the line that is being typed, whatever its cause.
        try:
            values = list(dict.fromkeys(completer(ctx)))
            before, comma, _ = incomplete.rpartition(",")
            if takes_list and comma:
                given = before.split(",")
                values += [f"{before},{value}" for value in values if value not in given]
            return list(map(_quoted, values))
        except Exception:
            return []

    return offered


def _quoted(value: str) -> str:
    # Bash takes what is offered as it is; the scripts of the other shells quote it.
    is_bash = os.environ.get(VARIABLE, "").endswith("bash")
    return _PLAIN.sub(lambda sign: f"\\{sign[0]}", value) if is_bash and value.isprintable() else value


def _configurations(_ctx: typer.Context) -> Iterator[str]:
    from gdbench.experiment.shipped_configurations import configurations

    yield from _yaml_files()
    yield from configurations()


def _results(ctx: typer.Context) -> Iterator[str]:
    yield from map(str, _folders(ctx))
    yield from _yaml_files()


def _published(_ctx: typer.Context) -> Iterator[str]:
    from gdbench.experiment.shipped_configurations import published

    yield from (path.stem for path in published())
    yield from _yaml_files()


def _templates(_ctx: typer.Context) -> Iterator[str]:
    from gdbench.experiment.starting_file import templates

    yield from templates()


def _catalog(_ctx: typer.Context) -> Iterator[str]:
    from gdbench.display.catalog_pages.catalog_text import NOUNS, names_of

    yield from NOUNS
    yield from (name for noun in NOUNS for name in names_of(noun))


def _metrics(_ctx: typer.Context) -> Iterator[str]:
    from gdbench.metrics import METRICS

    yield from METRICS


def _moments(_ctx: typer.Context) -> Iterator[str]:
    from gdbench.experiment.moment import MOMENTS

    yield from MOMENTS


def _formats(ctx: typer.Context) -> Iterator[str]:
    from gdbench.display.formats import FORMATS

    yield from CHART_FORMATS if ctx.info_name == "plot" else FORMATS


def _x_axes(ctx: typer.Context) -> Iterator[str]:
    yield from X_AXES if ctx.info_name == "plot" else ()
    yield from _axes(ctx)


def _columns(ctx: typer.Context) -> Iterator[str]:
    yield from ("mean", "sd", "median", "min", "max")
    yield from _axes(ctx)


def _words(name: str) -> Completer:
    return lambda _ctx: iter(WORDS[name])


def _settings(_ctx: typer.Context) -> Iterator[str]:
    from gdbench.display.catalog_pages.catalog_text import names_of
    from gdbench.experiment.settings.schema import SECTION_MODELS
    from gdbench.records import SECTIONS

    for section in SECTIONS:
        keys = names_of(section) if section in SECTION_MODELS else ()
        yield from (f"{section}.{key}=" for key in keys)
        yield f"{section}="


def _labels(ctx: typer.Context) -> Iterator[str]:
    for comparison in _experiment(ctx).comparisons:
        yield from (label for axis in comparison.axes for label in axis.labels)


def _axes(ctx: typer.Context) -> Iterator[str]:
    yield from (axis.key for comparison in _experiment(ctx).comparisons for axis in comparison.axes)


def _comparisons(ctx: typer.Context) -> Iterator[str]:
    yield from (comparison.name for comparison in _experiment(ctx).comparisons)


def _run_ids(ctx: typer.Context) -> Iterator[str]:
    yield from _experiment(ctx).run_ids[:_MOST]


def _experiment(ctx: typer.Context) -> "Experiment":
    """Return the experiment whose folder, configuration or name stands on the line."""
    from gdbench.experiment.plan import load_plan
    from gdbench.experiment.stored_experiment import FILE, read_experiment

    given = [ctx.params.get(name) for name in ("source", "folder", "config")]
    # Arguments stay unread where the last option on the line still lacks its value.
    named = Path(str(next(value for value in (*given, *ctx.args) if value)))
    for folder in (named, _parent(ctx) / named):
        stored = folder / FILE
        if stored.is_file() and stored.stat().st_size <= _MAX_EXPERIMENT_BYTES:
            return read_experiment(folder)
    return load_plan(named).experiment


def _folders(ctx: typer.Context) -> list[Path]:
    from gdbench.experiment.stored_experiment import FILE

    return sorted(path.parent for path in _parent(ctx).glob(f"*/{FILE}"))[:_MOST]


def _parent(ctx: typer.Context) -> Path:
    return Path(str(ctx.params.get("results") or "results"))


def _yaml_files() -> list[str]:
    """Return the YAML files of this folder and of those in it."""
    found = sorted(str(path) for pattern in ("*.yaml", "*/*.yaml") for path in Path().glob(pattern))
    return found[:_MOST]


# By the name of a parameter, whichever command has it.
_COMPLETERS: Mapping[str, Completer] = {
    "config": _configurations,
    "source": _results,
    "folder": _results,
    "folders": _results,
    "names": _published,
    "entry": _catalog,
    "from_": _templates,
    "metric": _metrics,
    "at": _moments,
    "format_": _formats,
    "set_": _settings,
    "only": _labels,
    "baseline": _labels,
    "by": _x_axes,
    "sort": _columns,
    "comparison": _comparisons,
    "run_id": _run_ids,
    **{name: _words(name) for name in WORDS},
}
