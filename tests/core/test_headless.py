"""The headless command: what it prints, where it writes, and how it fails."""

import json
import math
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from core.__main__ import main

ROOT = Path(__file__).parents[2]
REFERENCE = ROOT / "tests" / "reference"
SPEC = {
    "cohort": {
        "patients": "lung.csv",
        "roles": {"patient_id": "id"},
        "endpoints": {"OS": {"time": "time", "event": "event", "event_is": [1], "unit": "days"}},
    },
    "group": {"column": "sex", "levels": {"Male": ["male"], "Female": ["female"]}, "reference": "Male"},
    "analyses": [
        {"id": "km", "kind": "kaplan_meier", "endpoint": "OS", "times": [180, 365], "tau": 700},
        {"id": "cmp", "kind": "compare", "endpoint": "OS", "pairwise": "holm", "trend": True},
        {"id": "cox", "kind": "cox", "endpoint": "OS", "covariates": ["age", "sex"]},
        {"id": "both", "kind": "cox", "endpoint": "OS", "covariates": ["age", "sex", "meal_cal"],
         "mode": "univariable-then-multivariable"},
        {"id": "base", "kind": "baseline", "variables": ["age", "ecog"]},
    ],
}  # fmt: skip
EVENTS = "id,term,grade,class\n1,Fever,3,All-cause\n1,Fever,2,All-cause\n3,Nausea,1,All-cause\n228,Rash,2,Immune\n"


def command(*arguments, cwd=ROOT, **variables):
    """Run the command as a user does."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)} | variables
    return subprocess.run(
        [sys.executable, "-m", "core", *map(str, arguments)], cwd=cwd, env=environment, capture_output=True, check=False
    )


@pytest.fixture
def folder(tmp_path):
    """A folder with the lung data and a specification beside them."""
    shutil.copy(REFERENCE / "data" / "lung.csv", tmp_path)
    (tmp_path / "spec.json").write_text(json.dumps(SPEC))
    return tmp_path


@pytest.fixture
def run(folder, capfdbinary):
    """A function: a changed specification run in this process, to exit code, results and what stderr says."""

    def run_it(**changes):
        (folder / "spec.json").write_text(json.dumps(SPEC | changes))
        code = main(["run", str(folder / "spec.json")])
        out, err = capfdbinary.readouterr()
        return code, json.loads(out) if out else None, err.decode()

    return run_it


def numbers(value):
    """Every number in a JSON value."""
    if isinstance(value, dict):
        for item in value.values():
            yield from numbers(item)
    elif isinstance(value, list):
        for item in value:
            yield from numbers(item)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield value


class TestRun:
    def test_prints_results_equal_to_r_and_nothing_else(self, folder):
        # from another folder: paths in a specification are relative to it
        done = command("run", folder / "spec.json", cwd="/")
        assert done.returncode == 0, done.stderr
        assert done.stderr == b""
        results = json.loads(done.stdout)
        assert list(results) == ["km", "cmp", "cox", "both", "base"]
        r = json.loads((REFERENCE / "r" / "lung.json").read_text())
        logrank = r["rank_tests"]["sex"]["logrank"]
        assert results["cmp"]["p_value"] == pytest.approx(logrank["p"], rel=1e-10)
        assert results["cmp"]["groups"]["Female"]["expected"] == pytest.approx(logrank["E_weighted"][1], rel=1e-10)
        male = results["km"]["groups"]["Male"]
        curve = r["km"]["by_group"]["sex"]["male"]
        assert male["quantiles"]["0.5"] == {"value": 270.0, "conf_low": 210.0, "conf_high": 306.0}
        assert male["at"][0]["survival"] == pytest.approx(curve["landmarks"]["surv"][1], rel=1e-12)
        assert male["rmst"]["std_error"] == pytest.approx(curve["rmean_tau"]["se"], rel=1e-12)

    def test_out_writes_the_same_bytes_and_prints_nothing(self, folder, capfdbinary):
        main(["run", str(folder / "spec.json")])
        printed = capfdbinary.readouterr().out
        code = main(["run", str(folder / "spec.json"), "--out", str(folder / "results.json")])
        assert (code, *capfdbinary.readouterr()) == (0, b"", b"")
        assert (folder / "results.json").read_bytes() == printed
        assert sorted(path.name for path in folder.iterdir()) == ["lung.csv", "results.json", "spec.json"]

    def test_out_replaces_a_file_and_follows_a_link(self, folder):
        (folder / "real.json").write_text("old")
        (folder / "link.json").symlink_to(folder / "real.json")
        assert main(["run", str(folder / "spec.json"), "--out", str(folder / "link.json")]) == 0
        assert (folder / "link.json").is_symlink()
        assert "km" in json.loads((folder / "real.json").read_text())

    def test_keys_of_every_kind(self, run):
        code, results, _ = run()
        assert code == 0
        assert set(results["km"]) >= {"kind", "notes", "groups", "contrasts", "exclusions", "median_follow_up"}
        group = results["km"]["groups"]["Female"]
        assert set(group) == {
            "n", "n_events", "time", "n_at_risk", "n_events_at", "n_censored_at", "survival", "std_error", "conf_low",
            "conf_high", "quantiles", "at", "rmst", "mean", "median_follow_up",
        }  # fmt: skip
        assert set(group["quantiles"]) == {"0.25", "0.5", "0.75"}
        assert set(group["at"][0]) == {"time", "n_at_risk", "survival", "std_error", "conf_low", "conf_high"}
        assert set(group["mean"]) == {"tau", "value", "std_error", "conf_low", "conf_high"}
        contrast = {"estimate", "conf_low", "conf_high", "p_value"}
        assert set(results["km"]["contrasts"]["survival_difference"][0]) == contrast | {"time"}
        assert set(results["km"]["contrasts"]["rmst_ratio"]) == contrast | {"tau"}
        assert set(results["cmp"]["pairwise"][0]) == {"a", "b", "statistic", "p_value", "p_adjusted"}
        assert set(results["cmp"]["conventions"]) == {
            "logrank_hazard_ratio", "mantel_haenszel_hazard_ratio", "median_ratio"
        }  # fmt: skip
        assert results["cmp"]["trend"]["p_value"] == pytest.approx(results["cmp"]["p_value"])
        cox = results["cox"]
        assert {"n", "n_events", "log_likelihood", "tests", "concordance", "terms"} <= set(cox)
        assert set(cox["terms"][1]) == {
            "term", "level", "reference", "n", "n_events", "log_hazard_ratio", "std_error", "hazard_ratio", "conf_low",
            "conf_high", "statistic", "p_value",
        }  # fmt: skip
        assert set(cox["tests"]) >= {"likelihood_ratio", "wald", "score"}
        for part in ("univariable", "multivariable"):
            assert {"n", "n_events", "log_likelihood", "tests", "concordance", "terms"} <= set(results["both"][part])
        age, ecog = results["base"]["variables"]
        assert {"mean", "sd", "median", "q1", "q3", "min", "max"} <= set(age["rows"][0]["groups"]["Male"])
        assert age["rows"][0]["level"] is None
        assert ecog["rows"][0]["groups"]["Male"] == {"n": 36, "percent": pytest.approx(100 * 36 / 137)}
        assert ecog["missing"] == {"Male": 1, "Female": 0}

    def test_adverse_events(self, folder, run):
        (folder / "ae.csv").write_text(EVENTS)
        code, results, err = run(
            cohort=SPEC["cohort"] | {"adverse_events": "ae.csv"}, analyses=[{"id": "ae", "kind": "adverse_events"}]
        )
        assert (code, err) == (0, "")
        assert results["ae"]["denominators"] == {"Male": 138, "Female": 90}
        fever = next(row for row in results["ae"]["rows"] if row["term"] == "Fever")
        assert fever["class"] == "All-cause"
        male = fever["groups"]["Male"]
        assert (male["any"], male["grade3plus"]) == (1, 1)
        assert male["any_percent"] == pytest.approx(100 / 138)
        assert male["by_grade"] == {"1": 0, "2": 0, "3": 1, "4": 0, "5": 0}
        assert set(fever["difference"]["any"]) == {"estimate", "conf_low", "conf_high", "p_value"}
        assert fever["difference"]["any"]["estimate"] == pytest.approx(-1 / 138)
        assert results["ae"]["overall"]["groups"]["Male"]["any"] == 2
        assert (results["ae"]["overall"]["term"], results["ae"]["overall"]["class"]) == (None, None)

    def test_synthetic_data_are_said_in_every_result(self, run):
        _, results, _ = run(cohort=SPEC["cohort"] | {"synthetic": True})
        assert all("Synthetic data: no patient is real." in result["notes"] for result in results.values())

    def test_ungrouped_has_the_single_level_all(self, run):
        _, results, _ = run(group=None, analyses=SPEC["analyses"][:1])
        assert list(results["km"]["groups"]) == ["all"]
        assert "contrasts" not in results["km"]

    def test_nan_is_null_with_a_reason(self, folder, run):
        head = (folder / "lung.csv").read_text().splitlines()[:4]
        rows = [f"{i},3,{100 + i},{int(i < 2)},{'male' if i % 2 else 'female'},1,60,90,100,1175,,1" for i in range(8)]
        (folder / "lung.csv").write_text("\n".join([head[0], *rows]) + "\n")
        code, results, _ = run(analyses=[SPEC["analyses"][0]])
        assert code == 0
        km = results["km"]
        assert km["groups"]["Male"]["quantiles"]["0.5"]["value"] is None
        assert "Median not reached in Male and Female." in km["notes"]
        assert any(note.startswith("null: ") and "value" in note for note in km["notes"])
        assert all(math.isfinite(number) for number in numbers(km))

    def test_without_analyses_there_are_no_results(self, run):
        assert run(analyses=[]) == (0, {}, "")

    def test_words_outside_ascii(self, folder):
        text = (folder / "lung.csv").read_text().replace("sex", "性别", 1)
        (folder / "lung.csv").write_text(text, encoding="utf-8")
        spec = SPEC | {
            "group": {"column": "性别", "levels": {"男": ["male"], "女": ["female"]}},
            "analyses": SPEC["analyses"][:1],
        }
        (folder / "spec.json").write_text(json.dumps(spec, ensure_ascii=False), encoding="utf-8")
        # a terminal that knows no Chinese must not matter
        done = command("run", folder / "spec.json", PYTHONIOENCODING="ascii", LC_ALL="C", PYTHONUTF8="0")
        assert done.returncode == 0, done.stderr
        assert list(json.loads(done.stdout.decode("utf-8"))["km"]["groups"]) == ["男", "女"]
        assert "男".encode() in done.stdout


def changed(**analysis):
    return {"analyses": [SPEC["analyses"][0] | analysis]}


ERRORS = {
    "unknown key": (changed(conf_typ="log"), "Unknown key 'conf_typ' in analyses.0. Hint: Did you mean 'conf_type'?"),
    "unknown key at the top": ({"filter": []}, "Unknown key 'filter' in the specification. Hint: Did you mean 'filt"),
    "unknown kind": (changed(kind="kaplan-meier"), "Did you mean 'kaplan_meier'?"),
    "unknown role": (
        {"cohort": SPEC["cohort"] | {"roles": {"pateint_id": "id"}}},
        "Unknown key 'pateint_id' in cohort.roles. Hint: Did you mean 'patient_id'?",
    ),
    "unknown column": ({"group": {"column": "sexx"}}, "Column 'sexx', needed for the group, is not in the table."),
    "endpoint not defined": (changed(endpoint="PFS"), "asks for endpoint 'PFS', which is not defined; defined: OS"),
    "no such file": ({"cohort": SPEC["cohort"] | {"patients": "lungs.csv"}}, "lungs.csv"),
    "nobody left": (
        {"filters": [{"column": "age", "op": ">", "value": 200}]},
        "Analysis 'km': No patients left",
    ),
    "no adverse events": (
        {"analyses": [{"id": "ae", "kind": "adverse_events"}]},
        "Analysis 'ae': The cohort has no adverse events.",
    ),
}  # fmt: skip


class TestErrors:
    @pytest.mark.parametrize(("changes", "said"), ERRORS.values(), ids=ERRORS.keys())
    def test_one_readable_line_and_nothing_written(self, folder, capfdbinary, changes, said):
        (folder / "spec.json").write_text(json.dumps(SPEC | changes))
        code = main(["run", str(folder / "spec.json"), "--out", str(folder / "results.json")])
        out, err = capfdbinary.readouterr()
        assert (code, out) == (1, b"")
        line = err.decode()
        assert said in line
        assert line.startswith("Error: ")
        assert line.count("\n") == 1
        assert "Traceback" not in line
        assert "Unexpected" not in line
        assert sorted(path.name for path in folder.iterdir()) == ["lung.csv", "spec.json"]

    def test_an_existing_result_survives_a_failing_run(self, folder):
        (folder / "results.json").write_text("yesterday's")
        (folder / "spec.json").write_text(json.dumps(SPEC | {"group": {"column": "nope"}}))
        assert main(["run", str(folder / "spec.json"), "--out", str(folder / "results.json")]) == 1
        assert (folder / "results.json").read_text() == "yesterday's"

    @pytest.mark.parametrize("out", ["missing/results.json", "."], ids=["no such folder", "a folder"])
    def test_a_place_that_cannot_be_written(self, folder, capfdbinary, out):
        assert main(["run", str(folder / "spec.json"), "--out", str(folder / out)]) == 1
        assert capfdbinary.readouterr().err.decode().startswith("Error: Cannot write '")

    def test_an_unexpected_fault_is_one_line_too(self, folder, capfdbinary, monkeypatch):
        def fail(*_):
            raise ZeroDivisionError("float\ndivision")

        monkeypatch.setattr("core.run.run", fail)
        assert main(["run", str(folder / "spec.json")]) == 1
        err = capfdbinary.readouterr().err.decode()
        assert err.startswith("Error: Unexpected error: ZeroDivisionError: float division.")
        assert err.count("\n") == 1
        assert main(["run", str(folder / "spec.json"), "--debug"]) == 1
        assert "Traceback" in capfdbinary.readouterr().err.decode()

    @pytest.mark.parametrize(
        "arguments", [[], ["run"], ["runn", "x"], ["run", "a", "b"], ["describe"], ["run", "x", "--outt", "y"]]
    )
    def test_wrong_use(self, arguments, capfd):
        with pytest.raises(SystemExit) as left:
            main(arguments)
        assert left.value.code == 2
        assert "usage: python -m core" in capfd.readouterr().err

    def test_wrong_use_as_a_command(self):
        done = command("explode")
        assert (done.returncode, done.stdout) == (2, b"")
        assert b"usage: python -m core" in done.stderr

    def test_a_failing_command(self, tmp_path):
        (tmp_path / "spec.json").write_text("{")
        done = command("run", "spec.json", cwd=tmp_path)
        assert (done.returncode, done.stdout) == (1, b"")
        assert done.stderr.decode().startswith("Error: The specification is not JSON")

    def test_a_reader_that_goes_away_is_no_error(self, folder):
        shell = f'"{sys.executable}" -m core run "{folder / "spec.json"}" | head -c 1; exit ${{PIPESTATUS[0]}}'
        done = subprocess.run(["bash", "-c", shell], cwd=ROOT, capture_output=True, check=False)
        assert (done.returncode, done.stderr) == (0, b"")


class TestDescribe:
    def test_tables_issues_and_a_specification_that_runs(self, folder, capfdbinary, monkeypatch):
        (folder / "ae.csv").write_text(EVENTS)
        monkeypatch.chdir(folder)
        assert main(["describe", "ae.csv", "lung.csv"]) == 0
        described = json.loads(capfdbinary.readouterr().out)
        assert set(described) == {
            "tables", "sources", "issues", "identifiers", "endpoints", "suggestions", "spec",
        }  # fmt: skip
        patients = next(table for table in described["tables"] if table["name"] == "patients")
        assert patients["rows"] == 228
        age = next(column for column in patients["columns"] if column["name"] == "age")
        assert age["type"] == "number"
        assert {"name", "type", "role", "confidence", "reason"} <= set(age)
        for issue in described["issues"]:
            assert {"code", "severity", "column", "rows", "message", "remedy"} <= set(issue)

        spec = described["spec"]
        (endpoint,) = spec["cohort"]["endpoints"]
        spec["analyses"] = [
            {"id": "km", "kind": "kaplan_meier", "endpoint": endpoint},
            {"id": "ae", "kind": "adverse_events"},
        ]
        (folder / "suggested.json").write_text(json.dumps(spec))
        assert main(["run", str(folder / "suggested.json"), "--out", str(folder / "results.json")]) == 0
        results = json.loads((folder / "results.json").read_text())
        assert sum(group["n_events"] for group in results["km"]["groups"].values()) == 165

    def test_a_file_that_is_no_table(self, folder, capfdbinary):
        (folder / "picture.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(100))
        assert main(["describe", str(folder / "picture.png")]) == 1
        out, err = capfdbinary.readouterr()
        assert out == b""
        assert "picture.png" in err.decode()
        assert "Unexpected" not in err.decode()


class TestTables:
    """``tables``: the tables of a run as a file."""

    def test_word(self, folder):
        import docx

        out = folder / "tables.docx"
        assert main(["tables", str(folder / "spec.json"), "--out", str(out)]) == 0
        captions = [p._p.xpath("string(.)") for p in docx.Document(str(out)).paragraphs if p.style.name == "Caption"]
        assert captions[0] == "Table 1. Overall survival"
        assert captions[-1].endswith("Baseline characteristics")

    def test_only_some_in_the_order_asked_for(self, folder):
        out = folder / "tables.html"
        assert main(["tables", str(folder / "spec.json"), "--only", "base", "cox", "--out", str(out)]) == 0
        text = out.read_text(encoding="utf-8")
        assert text.index("Baseline characteristics</caption>") < text.index(
            "Cox regression, overall survival</caption>"
        )
        assert text.count("<caption>") == 2

    @pytest.mark.parametrize(
        ("arguments", "said"),
        [
            (["--out", "tables.pdf"], "cannot be written as '.pdf'"),
            (["--only", "kmm", "--out", "t.docx"], "Did you mean 'km'?"),
            (["--only", "km", "--out", "t.csv"], "Use .zip"),
        ],
    )
    def test_what_cannot_be_written_is_said(self, folder, capfd, monkeypatch, arguments, said):
        monkeypatch.chdir(folder)
        assert main(["tables", str(folder / "spec.json"), *arguments]) == 1
        assert said in capfd.readouterr().err
        assert not (folder / arguments[-1]).exists()
