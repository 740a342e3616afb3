"""Every code block of README and docs runs, except those marked ``<!-- no-run: reason -->``; recipes: test_recipes."""

from __future__ import annotations

import gzip
import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
from dataclasses import dataclass
from pathlib import Path

import pytest

from thads_nlp import Article, Summarizer

ROOT = Path(__file__).resolve().parents[1]
SAMPLES = ROOT / "data" / "samples"
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
_FENCE = re.compile(
    r"(?P<mark><!--\s*no-run:\s*(?P<reason>[^>]*?)\s*-->\s*\n)?^```(?P<kind>\w*)[^\n]*\n(?P<code>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)
_COMMENT = re.compile(r"\s{2,}#.*$")
_PRELUDE = "import json, os, sys\n"


@dataclass(frozen=True)
class Block:
    kind: str
    code: str
    reason: str | None


def blocks(page: Path) -> list[Block]:
    """Code blocks of a page in order; ``reason`` says why one does not run."""
    found = _FENCE.finditer(page.read_text(encoding="utf-8"))
    return [Block(m["kind"], m["code"], m["reason"] if m["mark"] else None) for m in found]


def commands(block: Block) -> list[str]:
    """Commands of a console block: lines after "$ ", comments behind them left out."""
    return [_COMMENT.sub("", line[2:]) for line in block.code.splitlines() if line.startswith("$ ")]


def runnable(kind: str) -> list[Path]:
    return [page for page in PAGES if any(b.kind == kind and b.reason is None for b in blocks(page))]


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    """A folder with what the documentation's examples name."""
    shutil.copyfile(SAMPLES / "thi_hanh_an_quy_2.txt", tmp_path / "article.txt")
    (tmp_path / "articles").mkdir()
    for name in ("gia_vang_xang.txt", "y_te_tiem_chung.txt"):
        shutil.copyfile(SAMPLES / name, tmp_path / "articles" / name)
    with tarfile.open(tmp_path / "2019.tar.gz", "w:gz") as archive:
        archive.add(SAMPLES / "xuat_khau_nong_san.txt", "xuat_khau.txt")
    record = {"id": "n1", "title": "", "text": (SAMPLES / "thien_tai_bao_so_5.txt").read_text(encoding="utf-8")}
    with gzip.open(tmp_path / "2020.jsonl.gz", "wt", encoding="utf-8") as stream:
        stream.write(json.dumps(record, ensure_ascii=False) + "\n")
    return tmp_path


def test_blocks_are_of_kinds_that_run_or_say_why_not() -> None:
    for page in PAGES:
        for block in blocks(page):
            assert block.kind in {"python", "console", "toml", "json", "text"}, f"{page.name}: ```{block.kind}"
            assert block.reason != "", f"{page.name}: no-run without a reason"
            if block.kind == "console" and block.reason is None:
                assert commands(block), f"{page.name}: a console block without a command"


@pytest.mark.model
@pytest.mark.parametrize("page", runnable("python"), ids=lambda page: page.name)
def test_python_blocks_run(page: Path, desk: Path) -> None:
    code = _PRELUDE + "\n".join(b.code for b in blocks(page) if b.kind == "python" and b.reason is None)
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=desk, capture_output=True, text=True, timeout=240, env=_environment()
    )
    assert done.returncode == 0, f"{page.name}: {done.stderr[-2000:]}"


def _brief_all(desk: Path) -> None:
    """``briefs.jsonl`` for pages that begin with an archive that is briefed already."""
    with Summarizer.load(summarizer="extractive") as summarizer, (desk / "briefs.jsonl").open("w") as stream:
        for path in sorted((desk / "articles").iterdir()):
            briefing = summarizer.brief(Article(path.read_text(encoding="utf-8"), id=path.stem))
            stream.write(json.dumps(briefing.to_dict(), ensure_ascii=False) + "\n")


@pytest.mark.model
@pytest.mark.parametrize("page", runnable("console"), ids=lambda page: page.name)
def test_commands_run(page: Path, desk: Path) -> None:
    if "thads-nlp batch" not in page.read_text(encoding="utf-8"):
        _brief_all(desk)
    for block in blocks(page):
        if block.kind != "console" or block.reason is not None:
            continue
        for command in commands(block):
            done = subprocess.run(
                ["bash", "-c", command], cwd=desk, capture_output=True, text=True, timeout=240, env=_environment()
            )
            assert done.returncode == 0, f"{page.name}: {command}: {done.stdout[-500:]}{done.stderr[-2000:]}"


def _environment() -> dict[str, str]:
    """This interpreter's commands first."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return {**os.environ, "PATH": path, "PYTHONUTF8": "1", "PYTHONPATH": str(ROOT)}
