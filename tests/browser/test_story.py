"""The main story in a real browser: upload a file nobody prepared, map it, group it, read the median, compare."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Page, expect
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from tests.browser.conftest import ROOT

pytestmark = pytest.mark.browser


def hospital_file(folder: Path) -> Path:
    """Semicolons, decimal commas, words for events, a grade written two ways: as a ward's spreadsheet saves it."""
    rng = np.random.default_rng(11)
    n = 90
    died, seen = rng.weibull(1.2, n) * 26, rng.uniform(8, 50, n)
    lines = ["Case;Therapy;Tumour grade;Age;Follow up;Outcome"]
    for i in range(n):
        months = f"{min(died[i], seen[i]):.1f}".replace(".", ",")
        grade = rng.choice(["G1", "G2", "G3"])
        lines.append(
            f"K{i + 1:03d};{rng.choice(['TACE', 'MWA + TACE'])};{grade};{rng.integers(35, 85)};{months};"
            f"{'dead' if died[i] <= seen[i] else 'alive'}"
        )
    path = folder / "ward.csv"
    path.write_text("\n".join(lines), encoding="cp1252")
    return path


def choose(page: Page, label: str, option: str) -> None:
    """Choose an option of a select box; again where a redraw under way has closed the list."""
    box = page.get_by_role("combobox", name=re.compile(f"^(Selected .*\\. )?{re.escape(label)}$")).first
    entry = page.get_by_role("option", name=option, exact=True)
    page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for()
    for _ in range(3):
        box.click()
        try:
            entry.click(timeout=6_000)
        except PlaywrightTimeout:
            page.keyboard.press("Escape")
        else:
            return
    raise AssertionError(f"'{label}' does not offer '{option}'")


def test_upload_map_group_and_read_the_median(server: str, page: Page, tmp_path: Path) -> None:
    ward = hospital_file(tmp_path)
    page.goto(f"{server}/")
    expect(page.get_by_role("heading", level=1)).to_contain_text("overall survival", timeout=30_000)
    page.get_by_role("link", name="Load your own spreadsheet").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Which patients")
    page.set_input_files("input[type=file]", str(ward))
    expect(page.get_by_text("Is this what you meant?")).to_be_visible()
    expect(page.get_by_text("90 rows of patients")).to_be_visible()
    page.get_by_text("Change", exact=True).first.click()
    choose(page, "It is timed by", "Follow up")
    choose(page, "in", "months")
    choose(page, "What happened stands in", "Outcome")
    expect(page.get_by_text("dead", exact=True).first).to_be_visible()
    page.get_by_role("button", name="Looks right, show survival").click()
    expect(page.get_by_text("90 patients", exact=False).first).to_be_visible()
    choose(page, "Group by", "Therapy")
    expect(page.get_by_role("heading", level=1)).to_contain_text("between")
    table = page.get_by_test_id("stTable").first
    expect(table).to_contain_text("MWA + TACE")
    shown = {
        row.get_by_role("cell").first.inner_text().strip(): row.get_by_role("cell")
        .nth(3)
        .inner_text()
        .strip()
        .replace("\u00a0", " ")
        .replace("\u2060", "")
        for row in table.get_by_role("row").all()[1:]
    }
    assert shown == headless_medians(ward)


def headless_medians(ward: Path) -> dict[str, str]:
    """Medians of the same file from the headless command, rounded as a reader would."""
    spec = {
        "cohort": {
            "patients": ward.name,
            "endpoints": {"OS": {"time": "Follow up", "event": "Outcome", "event_is": ["dead"], "unit": "months"}},
        },
        "group": {"column": "Therapy"},
        "analyses": [{"id": "km", "kind": "kaplan_meier", "endpoint": "OS"}],
    }
    path = ward.with_name("SPEC.json")
    path.write_text(json.dumps(spec))
    command = [sys.executable, "-m", "core", "run", str(path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    groups = json.loads(done.stdout)["km"]["groups"]
    medians = {level: group["quantiles"]["0.5"] for level, group in groups.items()}
    return {level: f"{_one(m['value'])} ({_one(m['conf_low'])}–{_one(m['conf_high'])})" for level, m in medians.items()}


def _one(value: float | None) -> str:
    return "NR" if value is None else f"{value + 1e-9:.1f}"
