from gdbench.display.formats.html import page
from gdbench.display.sheets.printout import Section
from gdbench.display.sheets.sheet import Column, Sheet, Unit

SHEET = Sheet(
    "<Rates>",
    (Column("rate &", align="left"), Column("mean", Unit(2, percent=True))),
    (("<b>1</b>", 0.5), ("\x1b[2J", None)),
    ("[1] <script>",),
    frozenset({(0, 1)}),
)


def test_titles_tables_and_notes_are_escaped():
    assert page([Section((SHEET, "a\n<pre>"), "it <holds>", "T & t")]) == (
        "<div>\n"
        "<p><strong>T &amp; t</strong></p>\n"
        "<p><strong>&lt;Rates&gt;</strong></p>\n"
        "<table>\n"
        '<thead><tr><th style="text-align: left">rate &amp;</th><th style="text-align: right">mean</th></tr></thead>\n'
        "<tbody>\n"
        '<tr><td style="text-align: left">&lt;b&gt;1&lt;/b&gt;</td>'
        '<td style="text-align: right"><strong>50.00 %</strong></td></tr>\n'
        '<tr><td style="text-align: left">\\x1b[2J</td><td style="text-align: right">-</td></tr>\n'
        "</tbody>\n"
        "</table>\n"
        "<p>[1] &lt;script&gt;</p>\n"
        "<pre>a\n&lt;pre&gt;</pre>\n"
        "<p><strong>it &lt;holds&gt;</strong></p>\n"
        "</div>"
    )


def test_a_sheet_without_columns_is_a_heading_with_notes():
    text = page([Section((Sheet("Summary", (), (), ("adam is best",)),))])
    assert text == "<div>\n<p><strong>Summary</strong></p>\n<p>adam is best</p>\n</div>"


def test_nothing_is_an_empty_block():
    assert page([]) == "<div>\n</div>"
