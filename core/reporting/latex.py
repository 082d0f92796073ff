r"""Tables as LaTeX: a piece to be read into a manuscript with ``\input``, in the manners of booktabs."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from core.reporting.table_layout import HeadCell, head_rows, is_wide, printable, share_of_page, widths
from core.reporting.tables import ReportTable, TableRow

_PACKAGES = "% Needs \\usepackage{array,booktabs,longtable} in the preamble"
_ACROSS = " and \\usepackage{pdflscape}"
_OTHER_SCRIPTS = "% Holds letters unknown to pdfLaTeX: compile with XeLaTeX or LuaLaTeX and a font that has them."
_SIGNS = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "$": r"\$", "&": r"\&", "#": r"\#", "%": r"\%", "_": r"\_",
    "~": r"\textasciitilde{}", "^": r"\textasciicircum{}", "<": r"\textless{}", ">": r"\textgreater{}",
    "|": r"\textbar{}", '"': r"{\char34}", "'": "{'}", "`": r"\textasciigrave{}",
    "[": "{[}", "]": "{]}", "*": "{*}",  # after \\ a bracket or a star would be taken as its argument
    "–": "--", "—": "---", "−": "$-$", "±": r"$\pm$", "×": r"$\times$", "·": r"$\cdot$", "≥": r"$\geq$", "≤": r"$\leq$",
    "≠": r"$\neq$", "≈": r"$\approx$", "∞": r"$\infty$", "√": r"$\surd$", "Σ": r"$\Sigma$", "Δ": r"$\Delta$",
    "α": r"$\alpha$", "β": r"$\beta$", "γ": r"$\gamma$", "λ": r"$\lambda$", "μ": r"$\mu$", "µ": r"$\mu$", "π": r"$\pi$",
    "ρ": r"$\rho$", "σ": r"$\sigma$", "τ": r"$\tau$", "χ": r"$\chi$", "°": r"$^{\circ}$", "¹": r"\textsuperscript{1}",
    "²": r"\textsuperscript{2}", "³": r"\textsuperscript{3}", "⁻": r"\textsuperscript{$-$}",
    "₀": r"\textsubscript{0}", "₁": r"\textsubscript{1}", "₂": r"\textsubscript{2}", "…": r"\ldots{}", "→": r"$\to$",
    "†": r"\dag{}", "‡": r"\ddag{}", "‘": r"\textquoteleft{}", "’": r"\textquoteright{}", "“": r"\textquotedblleft{}",
    "”": r"\textquotedblright{}", "\u00a0": "~", "\u2003": r"\quad{}", "\u2009": r"\,", "\ufffd": "?", "\n": " ",
}  # fmt: skip
_SIGN = re.compile("|".join(map(re.escape, _SIGNS)))
_LIGATURE = re.compile(r"(?<=-)(?=-)|(?<=,)(?=,)")
_KNOWN = re.compile("[\x00-\u017f]*")  # what pdfLaTeX prints as it is


def latex_bytes(tables: ReportTable | Sequence[ReportTable]) -> bytes:
    r"""One table, or several, to be read into a LaTeX document with ``\input``.

    Each is a ``longtable`` with ``\caption`` (numbered by the document), rules above, under the head and below, the
    head again on every page, footnotes below, and turned where it is wide. A cohort's own text is escaped.

    Returns
    -------
    bytes
        UTF-8.
    """
    tables = (tables,) if isinstance(tables, ReportTable) else tuple(tables)
    body = "\n".join(line for table in tables for line in _lines(table))
    first = _PACKAGES + (_ACROSS if any(map(is_wide, tables)) else "") + "."
    others = [] if all(map(_plain, tables)) else [_OTHER_SCRIPTS]
    return "\n".join([first, *others, body, ""]).encode()


def latex_text(text: str) -> str:
    """Text that LaTeX prints as it is."""
    parts = _LIGATURE.split(printable(text))
    return "{}".join(_SIGN.sub(lambda match: _SIGNS[match[0]], part) for part in parts)


def _lines(table: ReportTable) -> Iterator[str]:
    across = is_wide(table)
    if across:
        yield r"\begin{landscape}"
    yield r"\begingroup\small\setlength{\tabcolsep}{4pt}"
    yield rf"\begin{{longtable}}{{{_columns(table)}}}"
    yield rf"\caption{{{latex_text(table.title)}}}\\"
    head = [*_head(table), r"\midrule"]
    yield "\n".join([r"\toprule", *head, r"\endfirsthead", r"\toprule", *head, r"\endhead"])
    # Footnotes would be repeated as a foot, so they are rows below the last rule.
    yield r"\bottomrule" "\n" r"\endfoot"
    yield r"\bottomrule" "\n" r"\endlastfoot"
    yield from (_row(row) for row in table.rows)
    yield r"\end{longtable}"
    if table.footnotes:
        notes = r"\par ".join(map(latex_text, table.footnotes))
        yield rf"{{\footnotesize\setlength{{\parindent}}{{0pt}}{notes}\par}}"
    yield r"\endgroup"
    if across:
        yield r"\end{landscape}"


def _columns(table: ReportTable) -> str:
    wide = widths(table)
    scale = share_of_page(table) / sum(wide)
    sides = {"left": r"\raggedright", "right": r"\raggedleft"}
    return "".join(
        rf">{{{sides[column.align]}\arraybackslash}}p{{\dimexpr {width * scale:.3f}\linewidth-2\tabcolsep\relax}}"
        for width, column in zip(wide, table.columns, strict=True)
    )


def _head(table: ReportTable) -> Iterator[str]:
    rows = head_rows(table)
    for k, row in enumerate(rows):
        # A heading over two rows stands in the lower one only, beside the others.
        standing = [cell for cell in row if cell.rows == 1]
        standing += [cell for above in rows[:k] for cell in above if cell.rows > 1]
        cells = {cell.first: _head_cell(cell) for cell in standing}
        hidden = {cell.first + j for cell in standing for j in range(1, cell.columns)}
        yield " & ".join(cells.get(j, "") for j in range(len(table.columns)) if j not in hidden) + r" \\"
        yield from (
            rf"\cmidrule(lr){{{cell.first + 1}-{cell.first + cell.columns}}}" for cell in row if cell.align == "center"
        )


def _head_cell(cell: HeadCell) -> str:
    text = latex_text(cell.text)
    return rf"\multicolumn{{{cell.columns}}}{{c}}{{{text}}}" if cell.align == "center" else text


def _row(row: TableRow) -> str:
    texts = [
        rf"\textbf{{{text}}}" if text and row.is_bold(c) else text
        for c, text in enumerate(latex_text(cell.text) for cell in row.cells)
    ]
    if row.indent:
        texts[0] = rf"\hspace*{{{row.indent}em}}{texts[0]}"
    return " & ".join(texts) + r" \\*" if row.kind == "heading" else " & ".join(texts) + r" \\"


def _plain(table: ReportTable) -> bool:
    cells = (cell.text for row in table.rows for cell in row.cells)
    labels = (column.label for column in table.columns)
    texts = "".join([table.title, *labels, *cells, *table.footnotes])
    return _KNOWN.fullmatch(_SIGN.sub("", printable(texts))) is not None
