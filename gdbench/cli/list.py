"""gdbench list: what a configuration can name."""

from typing import Annotated

import typer

from gdbench.cli.options import Json
from gdbench.errors import RequestError


def list_(
    family: Annotated[
        str | None, typer.Argument(help="optimizer, architecture, training, ...; all if left out.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Print what a file can name, with defaults.

    gdbench list optimizer
    """
    from gdbench.display.catalog_text import NOUNS, CatalogPrintout
    from gdbench.display.formats import print_as
    from gdbench.text import suggestion

    if family is not None and family not in NOUNS:
        raise RequestError(f"list: expected one of {', '.join(NOUNS)}; got '{family}'{suggestion(family, NOUNS)}")
    print_as("json" if as_json else "terminal", CatalogPrintout([family] if family else NOUNS))
