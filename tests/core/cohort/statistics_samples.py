"""Files of statistics packages made in memory, and the one cohort they all hold."""

import datetime as dt
import io
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd
import pyreadstat

N = 24
SEX = {1: "Male", 2: "Female", 9: "Unknown"}
STATUS = {0: "Alive", 1: "Dead"}
LABELS = {"V1": "Patient ID", "sex": "Sex", "V3": "OS (months)", "V4": "OS status", "seen": "Last seen"}


def frame():
    """Codes as a package keeps them: sex 9 is declared missing for one patient."""
    return pd.DataFrame(
        {
            "V1": [f"P{i:03d}" for i in range(1, N + 1)],
            "sex": [9.0 if i == 5 else 1.0 + i % 2 for i in range(N)],
            "V3": [np.nan if i == 7 else 1.5 + i for i in range(N)],
            "V4": [float(i % 3 == 0) for i in range(N)],
            "seen": [dt.date(2020, 1, 1) + dt.timedelta(days=30 * i) for i in range(N)],
        }
    )


def made(kind, table=None, **options):
    """Bytes of a file: ``kind`` is ``sav``, ``zsav``, ``dta``, ``xpt5``, ``xpt8`` or ``parquet``."""
    table = frame() if table is None else table
    labels = [LABELS.get(name, name) for name in table.columns]
    if kind == "parquet":
        buffer = io.BytesIO()
        table.to_parquet(buffer)
        return buffer.getvalue()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x"
        if kind in ("sav", "zsav"):
            said = {"variable_value_labels": {"sex": SEX, "V4": STATUS}, "missing_ranges": {"sex": [9]}} | options
            pyreadstat.write_sav(table, path, column_labels=labels, compress=kind == "zsav", **said)
        elif kind == "dta":
            said = {"variable_value_labels": {"sex": SEX, "V4": STATUS}} | options
            pyreadstat.write_dta(table, path, column_labels=labels, **said)
        else:
            pyreadstat.write_xport(table, path, column_labels=labels, file_format_version=int(kind[-1]), **options)
        return path.read_bytes()


def pzfx(tables, kind="Survival"):
    """A Prism file from title -> (name of X, times, {group: cells})."""
    parts = []
    for i, (title, (x, times, groups)) in enumerate(tables.items()):
        columns = f"<XColumn><Title>{x}</Title>{_cells(times)}</XColumn>"
        columns += "".join(f"<YColumn><Title>{name}</Title>{_cells(cells)}</YColumn>" for name, cells in groups.items())
        parts.append(f'<Table ID="Table{i}" TableType="{kind}"><Title>{title}</Title>{columns}</Table>')
    start = '<?xml version="1.0" encoding="UTF-8"?><GraphPadPrismFile xmlns="http://graphpad.com/prism/Prism.htm">'
    return f"{start}{''.join(parts)}</GraphPadPrismFile>".encode()


def _cells(values):
    written = "".join("<d/>" if value is None else f"<d>{value}</d>" for value in values)
    return f"<Subcolumn>{written}</Subcolumn>"
