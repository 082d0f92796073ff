"""``python -m sample_data.generate`` makes the committed files again, byte for byte (about 20 seconds)."""

import subprocess
import sys

import pytest

from sample_data.generate import COHORTS, main


@pytest.fixture(scope="module")
def made_again(tmp_path_factory, samples):
    out = tmp_path_factory.mktemp("samples")
    command = [sys.executable, "-m", "sample_data.generate", "--out", str(out)]
    subprocess.run(command, cwd=samples.parent, check=True, timeout=280)
    return out


@pytest.mark.parametrize("name", list(COHORTS))
def test_byte_for_byte(made_again, samples, name):
    made = {path.name for path in (made_again / name).iterdir()}
    assert made == {path.name for path in (samples / name).glob("*.csv")}
    for file in made:
        assert (made_again / name / file).read_bytes() == (samples / name / file).read_bytes(), file


def test_unknown_cohort_is_refused(tmp_path, capsys):
    with pytest.raises(SystemExit) as stopped:
        main(["--out", str(tmp_path), "hifu"])
    assert stopped.value.code == 2
    assert "unknown cohort hifu; known: hifu_ici" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())
