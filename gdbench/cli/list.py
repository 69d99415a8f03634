"""gdbench list: what a configuration can name."""

from typing import Annotated

import typer

from gdbench.cli.options import Json


def list_(
    entry: Annotated[
        str | None,
        typer.Argument(metavar="NAME", help="A family (optimizer, layer, training) or an entry (adam, dropout)."),
    ] = None,
    as_json: Json = False,
) -> None:
    """List everything that a configuration can name.

    \b
    gdbench list
    gdbench list optimizer
    gdbench list adam
    gdbench list regularizer.l2

    Without a name, an index of everything.
    """  # noqa: D301
    from gdbench.display.catalog_pages.catalog_index import IndexPrintout
    from gdbench.display.catalog_pages.catalog_text import NOUNS, CatalogPrintout
    from gdbench.display.catalog_pages.entry_text import entries_named
    from gdbench.display.formats import print_as

    if entry is None:
        print_as("json" if as_json else "terminal", IndexPrintout())
    else:
        print_as(
            "json" if as_json else "terminal", CatalogPrintout([entry]) if entry in NOUNS else entries_named(entry)
        )
