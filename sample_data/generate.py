"""Make the sample cohorts again, byte for byte: ``python -m sample_data.generate [--out FOLDER] [COHORT ...]``."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path

from sample_data.generator import ablation_tace_net, hcc_ablation, hifu_ici
from sample_data.generator.files import write

COHORTS: dict[str, Callable[[], dict[str, str]]] = {
    "hifu_ici": hifu_ici.files,
    "ablation_tace_net": ablation_tace_net.files,
    "hcc_ablation": hcc_ablation.files,
}


def main(arguments: Sequence[str] | None = None) -> None:
    """Write the cohorts asked for (all without a name) below the output folder."""
    parser = argparse.ArgumentParser(prog="python -m sample_data.generate", description=__doc__)
    parser.add_argument("cohorts", nargs="*", metavar="COHORT", help=f"any of {', '.join(COHORTS)}")
    parser.add_argument("--out", type=Path, default=Path(__file__).parent, help="folder to write to (default: here)")
    options = parser.parse_args(arguments)
    unknown = set(options.cohorts) - set(COHORTS)
    if unknown:
        parser.error(f"unknown cohort {', '.join(sorted(unknown))}; known: {', '.join(COHORTS)}")
    for name in options.cohorts or COHORTS:
        write(options.out / name, COHORTS[name]())


if __name__ == "__main__":
    main()
