"""From a spreadsheet to a Word report in a few clicks; and the zip's scripts give its numbers again."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import docx
import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser

PATIENTS = Path(__file__).parents[2] / "sample_data" / "ablation_tace_net" / "patients.csv"


def test_a_spreadsheet_becomes_a_word_report_in_eight_clicks(server: str, page: Page) -> None:
    started = time.monotonic()
    page.goto(server)
    expect(page.get_by_role("heading", level=1)).to_contain_text("overall survival", timeout=30_000)
    page.get_by_role("link", name="Load your own spreadsheet").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Which patients")
    page.set_input_files("input[type=file]", str(PATIENTS))  # two clicks: the menu of files, the file
    page.get_by_role("button", name="Looks right, show survival").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("survival differ", timeout=30_000)
    page.get_by_role("link", name="Report", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("What goes into the report")
    with page.expect_download(timeout=60_000) as waiting:
        page.get_by_role("button", name="Word", exact=True).click()  # the sixth click
        page.get_by_role("button", name="Save the file (Word").click(timeout=60_000)
    assert time.monotonic() - started < 60
    document = docx.Document(waiting.value.path())
    headings = [one.text for one in document.paragraphs if one.style.name == "Heading 1"]
    assert headings[:2] == ["Statistical methods", "Patients"]
    assert {"Overall survival", "Limitations that the data show"} <= set(headings)
    assert len(document.inline_shapes) >= 3
    assert len(document.tables) >= 4


def test_the_zip_gives_its_numbers_again(server: str, page: Page, tmp_path: Path) -> None:
    page.goto(f"{server}/report?cohort=hifu_ici")
    expect(page.get_by_role("heading", level=1)).to_contain_text("What goes into the report", timeout=30_000)
    with page.expect_download(timeout=120_000) as waiting:
        page.get_by_role("button", name="Everything (zip)").click()
        page.get_by_role("button", name="Save the file (zip").click(timeout=120_000)
    with zipfile.ZipFile(io.BytesIO(Path(waiting.value.path()).read_bytes())) as archive:
        archive.extractall(tmp_path)
    assert {"report.docx", "report.pptx", "report.pdf", "report.html", "tables.xlsx"} <= {
        p.name for p in tmp_path.iterdir()
    }
    folder = tmp_path / "reproduce"
    assert json.loads((folder / "SPEC.json").read_text("utf-8"))["looks"]
    script = [sys.executable, "-W", "ignore", "reproduce.py"]
    done = subprocess.run(script, cwd=folder, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, [
        line for line in done.stdout.splitlines() if line.startswith("DIFFERS")
    ] or done.stderr
