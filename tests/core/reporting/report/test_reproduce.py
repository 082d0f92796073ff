"""The folder that gives the same numbers again: its Python script is run, its R script where R is."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from core.cohort.load import load_cohort
from core.reporting.report.reproduce import reproduction
from core.run import run as run_spec
from core.spec import AnalysisSpec, ReportPartSpec

SAMPLES = Path(__file__).parents[4] / "sample_data"


@pytest.fixture(scope="module", params=["hifu_ici", "ablation_tace_net", "hcc_ablation"])
def folder(request, tmp_path_factory):
    source = SAMPLES / request.param
    spec = AnalysisSpec.from_file(source / "spec.json")
    cohort = load_cohort(spec.cohort, base=source, synthetic=True)
    made = tmp_path_factory.mktemp(request.param)
    endpoint = next(iter(spec.cohort.endpoints))
    put_in = {"page": "survival", "title": "Put into the report", "group": spec.group, "analyses": [
        {"id": "report_1_kaplan_meier", "kind": "kaplan_meier", "endpoint": endpoint},
        {"id": "report_1_compare_2", "kind": "compare", "endpoint": endpoint},
    ]}  # fmt: skip
    spec = spec.model_copy(update={"report": (ReportPartSpec.model_validate(put_in),)})
    for name, content in reproduction(spec, list(run_spec(spec, cohort).values())).items():
        (made / name).write_bytes(content)
    return made


def run(*command, folder):
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120, check=False)


def test_the_python_script_gives_the_same_numbers(folder):
    done = run(sys.executable, "-W", "ignore", "reproduce.py", folder=folder)
    assert done.returncode == 0, [line for line in done.stdout.splitlines() if "DIFFERS" in line] or done.stderr
    lines = [line.split("\t") for line in done.stdout.splitlines()]
    assert len(lines) > 15
    assert any("report_1_kaplan_meier" in "\t".join(line) for line in lines)
    assert any("report_1_compare_2" in "\t".join(line) for line in lines)
    assert {line[0] for line in lines} == {"same"}
    assert {"kaplan_meier", "compare", "cox"} == {
        one["kind"] for one in json.loads((folder / "analyses.json").read_text("utf-8"))
    }


def test_a_changed_number_is_found(folder, tmp_path):
    shutil.copytree(folder, tmp_path / "copy")
    path = tmp_path / "copy" / "results.json"
    results = json.loads(path.read_text("utf-8"))
    first = next(one for one in results.values() if one["kind"] == "compare")
    first["statistic"] *= 1.001
    path.write_text(json.dumps(results), "utf-8")
    assert run(sys.executable, "-W", "ignore", "reproduce.py", folder=path.parent).returncode == 1


def test_nobody_is_named(folder):
    ids = set((folder / "data_km_os.csv").read_text("utf-8").splitlines()[0].split(","))
    assert ids == {"row", "time", "event", "group"}
    assert not any("patient_id" in path.read_text("utf-8") for path in folder.glob("data_*.csv"))


def test_the_specification_opens_again(folder):
    assert AnalysisSpec.from_json((folder / "SPEC.json").read_text("utf-8")).analyses


def test_r_is_asked_for_the_same(folder):
    script = (folder / "reproduce.R").read_text("utf-8")
    assert script.count("survfit(") >= 1
    assert script.count("summary(coxph(") >= 1
    for path in folder.glob("data_*.csv"):
        assert f'read.csv("{path.name}"' in script
    if shutil.which("Rscript"):
        done = run("Rscript", "reproduce.R", folder=folder)
        assert done.returncode == 0, [line for line in done.stdout.splitlines() if "DIFFERS" in line] or done.stderr
        assert "Error" not in done.stderr
        assert done.stdout.count("coxph(formula") == script.count("summary(coxph(")
        lines = [line.split("\t")[0] for line in done.stdout.splitlines()]
        assert lines.count("same") > 20
        assert "DIFFERS" not in lines


def test_a_level_without_an_event_is_no_difference(tmp_path):
    """Both programs print a ratio that runs to 0 where we print none."""
    rows = [f"p{i},{'abc'[i % 3]},{5 + i * 7 % 23},{int(i % 3 != 2 and i % 2)}" for i in range(48)]
    (tmp_path / "few.csv").write_text("\n".join(["id,site,os_months,os_event", *rows]), "utf-8")
    asked = {"id": "cox", "kind": "cox", "endpoint": "OS", "covariates": ["site"]}
    endpoint = {"time": "os_months", "event": "os_event", "event_is": [1]}
    spec = AnalysisSpec.model_validate(
        {"cohort": {"patients": "few.csv", "endpoints": {"OS": endpoint}}, "analyses": [asked]}
    )
    cohort = load_cohort(spec.cohort, base=tmp_path)
    for name, content in reproduction(spec, list(run_spec(spec, cohort).values())).items():
        (tmp_path / name).write_bytes(content)
    done = run(sys.executable, "-W", "ignore", "reproduce.py", folder=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    lines = [line.split("\t") for line in done.stdout.splitlines()]
    assert {line[2].split(": ")[1] for line in lines if line[0] == "not estimable"} == {"c"}
    assert {line[2].split(": ")[1] for line in lines if line[0] == "same"} >= {"b"}
    results = json.loads((tmp_path / "results.json").read_text("utf-8"))
    results["cox"]["terms"][0]["hazard_ratio"] *= 1.01
    (tmp_path / "results.json").write_text(json.dumps(results), "utf-8")
    assert run(sys.executable, "-W", "ignore", "reproduce.py", folder=tmp_path).returncode == 1
