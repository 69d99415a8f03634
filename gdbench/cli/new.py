"""gdbench new: a commented configuration to start from."""

import re
from pathlib import Path
from typing import Annotated

import typer

from gdbench.cli.options import say
from gdbench.errors import RequestError
from gdbench.text import listing


def new(
    name: Annotated[str, typer.Argument(metavar="NAME", help="The name of the file, NAME.yaml, and of its results.")],
    from_: Annotated[
        str | None,
        typer.Option(
            "--from",
            metavar="TEMPLATE",
            help="Start from starter (the default), rates, paper, or a configuration that comes with gdbench.",
        ),
    ] = None,
    optimizer: Annotated[
        str | None,
        typer.Option(
            metavar="FILE:CLASS", help="Tune your own optimizer and four others, with equal numbers of trials."
        ),
    ] = None,
) -> None:
    """Write a commented configuration to start from.

    \b
    gdbench new first
    gdbench new mine --from regularization
    gdbench new versus-adam --optimizer my_optimizer.py:Mine

    NAME.yaml in the current folder can be run as it is. No existing file is overwritten.
    """  # noqa: D301
    from gdbench.experiment.json_schema.configuration import FILE, text
    from gdbench.experiment.starting_file import STARTER, checked_name, from_template, with_optimizer
    from gdbench.filesystem.atomic_write import write_new

    if from_ is not None and optimizer is not None:
        raise RequestError("--optimizer: expected a file without --from; got both")
    stem, folder = checked_name(name), Path()
    file = with_optimizer(stem, optimizer, folder) if optimizer else from_template(stem, from_ or STARTER)
    contents: dict[str, str | bytes] = {f"{stem}.yaml": file.text, **file.code}
    if taken := [written for written in contents if (folder / written).exists() or (folder / written).is_symlink()]:
        verb = "exists" if len(taken) == 1 else "exist"
        # Code has the name by which the configuration imports it.
        remedy = "choose another name" if taken == [f"{stem}.yaml"] else "nothing was written"
        raise RequestError(f"{listing(taken)} already {verb}; {remedy}")
    for written, content in contents.items():
        write_new(folder / written, content)
        say(f"written: {written}")
    # One that is there may be of another version, or somebody's own.
    if not ((folder / FILE).exists() or (folder / FILE).is_symlink()):
        write_new(folder / FILE, text())
        say(f"written: {FILE}, which lets editors complete and check the file")
    trust = " --trust" if optimizer or file.code else ""
    train = "reproduce" if re.search(r"^ *(published|claims):", file.text, re.MULTILINE) else "sweep"
    say(f"next: edit it, then gdbench plan {stem}.yaml and gdbench {train} {stem}.yaml{trust}")
