"""Small tables as text files, from rows of cells."""

import csv
import io


def delimited(rows, delimiter=",", encoding="utf-8"):
    """A text file; None is an empty cell."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, delimiter=delimiter, lineterminator="\n")
    writer.writerows([["" if cell is None else cell for cell in row] for row in rows])
    return buffer.getvalue().encode(encoding)


def codes(found):
    """Codes of the issues of a cohort or a table, in order."""
    return [issue.code for issue in found.issues]


def issue(found, code):
    """The one issue with a code."""
    (one,) = [issue for issue in found.issues if issue.code == code]
    return one
