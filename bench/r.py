"""R's survival package as a peer: one R process per cohort, timed inside R, on the same numbers.

R is for these timings only; nothing else needs it. Without R the rows stand without a peer.
"""

from __future__ import annotations

import functools
import shutil
import subprocess
import tempfile
from pathlib import Path

import numpy as np

from core.timetoevent import FloatArray, IntArray, TimeToEvent

SCRIPT = Path(__file__).parent / "anchors.R"
INSTALL = "No R with its survival package: those rows have no peer. Debian: apt-get install r-base-core r-cran-survival"


@functools.cache
def version() -> str | None:
    """``R 4.2.2, survival 3.5.3``, or None without them."""
    if shutil.which("Rscript") is None:
        return None
    say = "cat('R', paste0(R.version$major, '.', R.version$minor, ','), 'survival', format(packageVersion('survival')))"
    found = subprocess.run(["Rscript", "-e", say], capture_output=True, text=True, check=False)
    return found.stdout.strip() if found.returncode == 0 else None


def anchors(
    names: tuple[str, ...], data: TimeToEvent, codes: IntArray | None = None, *, covariates: FloatArray | None = None
) -> dict[str, float]:
    """Median seconds of the named functions of ``anchors.R``; empty without R.

    Parameters
    ----------
    names : tuple of {'survfit', 'survfitKM', 'survdiff', 'coxph', 'coxph.fit', 'draw'}
    data : TimeToEvent, n subjects
    codes : int array, shape (n,), optional
        Two groups.
    covariates : array, shape (n, p), optional
    """
    if version() is None:
        return {}
    columns = 0 if covariates is None else covariates.shape[1]
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        data.time.tofile(place / "time")
        data.event.astype(np.int32).tofile(place / "event")
        (np.zeros(data.n) if codes is None else codes).astype(np.int32).tofile(place / "group")
        if covariates is not None:
            covariates.T.tofile(place / "covariates")
        command = ["Rscript", str(SCRIPT), folder, str(data.n), str(columns), ",".join(names)]
        said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return {name: float(number) for name, number in (line.split() for line in said.splitlines())}
