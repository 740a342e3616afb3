"""The built wheel: it carries the model and briefs from its own files."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SAMPLE = ROOT / "data" / "samples" / "gia_vang_xang.txt"


def call(*command: str, folder: Path, **environment: str) -> str:
    """Standard output of a command that must succeed."""
    done = subprocess.run(
        command, cwd=folder, env={**os.environ, **environment}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.model
def test_the_wheel_alone_briefs_an_article(tmp_path: Path) -> None:
    call(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(tmp_path), str(ROOT), folder=ROOT)
    wheel = next(tmp_path.glob("*.whl"))
    names = zipfile.ZipFile(wheel).namelist()
    carried = ("model.bin", "MODEL_CARD.md", "NOTICE", "GEMMA_TERMS.html")
    assert {f"thads_nlp/_model/{name}" for name in carried} <= set(names)
    assert {"thads_nlp/figures/ranker.json", "thads_nlp/py.typed"} <= set(names)
    target = tmp_path / "installed"
    install = (sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", "--target")
    call(*install, str(target), str(wheel), folder=tmp_path)
    program = "import thads_nlp; print(thads_nlp.__file__); from thads_nlp.cli import main; main()"
    output = call(sys.executable, "-c", program, "brief", str(SAMPLE), folder=tmp_path, PYTHONPATH=str(target))
    assert output.startswith(str(target))
    assert "•" in output
