"""The answer of a report in a sentence, with the titles and names that a reader knows."""

from collections.abc import Mapping, Sequence

from gdbench.comparison.tables import Row, Table
from gdbench.display.charts.row_styles import label_words
from gdbench.display.sheets.answers import Answer
from gdbench.display.sheets.headings import metric_words
from gdbench.display.sheets.summary_sheet import UNDECIDED, best_of
from gdbench.text import listing

# The sentence about all comparisons names no more of them than this, and what it names in no more letters.
MOST_NAMED, MOST_LETTERS = 4, 160


def answer_of(table: Table) -> str:
    """Return what a comparison comes to, in a sentence; nothing where there is nothing to say."""
    sentences = Answer(table.separations[0], table.selections[0].metric, names=_names(table)).sentences()
    return sentences[0] if sentences else ""


def overall_answer(tables: Sequence[Table]) -> str:
    """Return the answer to one comparison, or which row is best in each of several and how many are undecided."""
    if len(tables) == 1:
        return answer_of(tables[0])
    metrics = {metric_words(table.selections[0].metric) for table in tables}
    by = f" by {metrics.pop()}" if len(metrics) == 1 else ""
    found = [(table.title, best_of(table.separations[0], _names(table))) for table in tables]
    decided = [(title, best) for title, best in found if best != UNDECIDED]
    if not decided:
        return f"None of {len(found)} comparisons shows a best row{by}."
    number = len(found) - len(decided)
    are = "is" if number == 1 else "are"
    undecided = f"; {number} of {len(found)} comparisons {are} undecided" if number else ""
    titles = [title for title, _best in decided]
    if len({best for _title, best in decided}) == 1 and 1 < len(titles) <= MOST_NAMED:
        return f"Best{by}: {decided[0][1]}, in {listing(titles)}{undecided}."
    more = len(decided) - MOST_NAMED
    named = [f"{best} ({title})" for title, best in decided[:MOST_NAMED]] + [f"and {more} more below"] * (more > 0)
    if sum(map(len, named)) > MOST_LETTERS:
        # A phone would show nothing else. The overview below has the answer to each.
        shows = "shows" if len(decided) == 1 else "show"
        others = f"; {number} {are} undecided" if number else ""
        return f"{len(decided)} of {len(found)} comparisons {shows} which rows are best{by}{others}."
    return f"Best{by}: {'; '.join(named)}{undecided}."


def _names(table: Table) -> Mapping[str, str]:
    """Return the name of each row by its key: `adam with batch size 128`, since a bare number says nothing."""
    return {row.key: _name(table.axes, row) for row in table.rows}


def _name(axes: Sequence[str], row: Row) -> str:
    first, *others = label_words(axes, row.labels) or [row.key]
    # Labels without a bare number among them are a name as they are.
    is_plain = [first, *others] == list(row.labels)
    return row.key if is_plain else " with ".join([first, *([listing(others)] if others else [])])
