"""The README describes every column of every file; a column that is gone or new makes this fail."""

import csv
import re

import pytest

SECTIONS = {
    "hifu_ici/patients.csv": "`hifu_ici/patients.csv`",
    "hifu_ici/lesions.csv": "`hifu_ici/lesions.csv`",
    "hifu_ici/sessions.csv": "`hifu_ici/sessions.csv`",
    "ablation_tace_net/patients.csv": "`ablation_tace_net/patients.csv`",
    "hcc_ablation/patients.csv": "`hcc_ablation/patients.csv`",
    "hcc_ablation/lesions.csv": "`hcc_ablation/lesions.csv`",
    "hifu_ici/adverse_events.csv": "`adverse_events.csv` of every folder",
    "ablation_tace_net/adverse_events.csv": "`adverse_events.csv` of every folder",
    "hcc_ablation/adverse_events.csv": "`adverse_events.csv` of every folder",
    "hifu_sessions.csv": "`hifu_sessions.csv`",
}


@pytest.fixture(scope="module")
def readme(samples):
    return (samples / "README.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def described(readme):
    """Columns with a text beside them, by section."""
    sections = re.split(r"^## ", readme, flags=re.MULTILINE)[1:]
    found = {}
    for section in sections:
        title, _, body = section.partition("\n")
        found[title.strip()] = re.findall(r"^\| `(\w+)` \| \S", body, flags=re.MULTILINE)
    return found


@pytest.mark.parametrize("file", list(SECTIONS))
def test_every_column_is_described_once_and_in_order(samples, described, file):
    with (samples / file).open(encoding="utf-8", newline="") as stream:
        columns = next(csv.reader(stream))
    assert described[SECTIONS[file]] == columns


def test_no_file_is_forgotten(samples):
    files = {path.relative_to(samples).as_posix() for path in samples.rglob("*.csv")}
    assert files - set(SECTIONS) == {"published/evidence.csv", "published/hifu_sessions_2025.csv"}


def test_readme_and_origin_say_what_the_data_are(samples, readme):
    assert "**synthetic**" in readme
    origin = (samples / "published" / "ORIGIN.md").read_text(encoding="utf-8")
    for path in (samples / "published").iterdir():
        assert path.name == "ORIGIN.md" or f"`{path.name}`" in origin
