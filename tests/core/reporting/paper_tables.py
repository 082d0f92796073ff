"""Tables that are hard to print, for the tests of the files."""

from core.reporting.tables import (
    Cell,
    ReportTable,
    TableRow,
    count_column,
    heading,
    interval_column,
    number_column,
    spanned,
    text_column,
    words,
)

NASTY = (
    "=cmd|'/c calc'!A1",
    "<script>alert(1)</script> & \"x\" 'y'",
    r"50% of_all $x^2$ #1 {a}~b \input{/etc/passwd}",
    "[note] *star -- --- ?` !` ,, `quoted'",
    "肝细胞癌（HCC）",
    "Müller ≥ 3 × 10² µg/L − ±",
    "two\nlines",
    "bell\x07 half\ud800 end\uffff",
    "]]> <![CDATA[ x ]]>",
    "",
)


def nasty_table(*, wide=1):
    """Every nasty text as name of a row and as a cell, with headings above headings, an indented and a total row."""
    columns = [text_column("name", "Name of_the row & <more>")]
    for i in range(wide):
        columns += [
            spanned(number_column(f"n{i}", f"Group {i} (N = 66), n", "0"), f"Group {i} & co.", "n"),
            spanned(count_column(f"s{i}", f"Group {i}, n (%)", name=f"Group {i}"), f"Group {i} & co.", "n (%)"),
        ]
    columns.append(text_column("note", "Note"))
    columns.append(interval_column("hr", "Hazard ratio (95 % CI)", name="Hazard ratio", number_format="0.00"))
    rows = [heading("Heading_1", tuple(columns))]
    for k, text in enumerate(NASTY):
        counts = [cell for _ in range(wide) for cell in (Cell(f"{k}", (k,)), Cell(f"{k} (5.0)", (k, 0.05)))]
        ratio = Cell("0.57 (0.33–0.99)", (0.57, 0.33, 0.99))
        rows.append(TableRow(cells=(words(text), *counts, words(text), ratio), indent=k % 3))
    total = [cell for _ in range(wide) for cell in (Cell("9", (9,)), Cell("9 (1.0)", (9, 0.01)))]
    rows.append(TableRow(cells=(words("All"), *total, words(""), Cell("NR", (None,) * 3)), kind="total"))
    return ReportTable(
        title=f"Title with {NASTY[2]} and {NASTY[1]}",
        columns=tuple(columns),
        rows=tuple(rows),
        footnotes=(NASTY[1], NASTY[2], "Synthetic data."),
    )


def small_table():
    """Two columns, one row: upright."""
    columns = (text_column("group", "Group"), number_column("n", "Patients"))
    return ReportTable(title="Patients", columns=columns, rows=(TableRow(cells=(words("HIFU"), Cell("28", (28,)))),))
