"""The script that measures batch runs."""

import csv
import subprocess
import sys
from pathlib import Path

from archives import batch, jsonl

SCRIPT = Path(__file__).parents[1] / "scripts" / "measure_archive.py"


def measure(*arguments: object) -> "subprocess.CompletedProcess[str]":
    return subprocess.run([sys.executable, SCRIPT, *map(str, arguments)], capture_output=True, text=True, check=False)


def test_a_run_is_measured_and_drawn_and_gives_the_records_of_any_run(tmp_path: Path) -> None:
    source, curve = tmp_path / "in.jsonl", tmp_path / "five.csv"
    source.write_text(jsonl(5) + "not json\n", encoding="utf-8")
    options = ("--summarizer", "extractive", "--workers", "1")
    done = measure("run", "--single", "--curve", curve, "--", source, "-o", tmp_path / "out.jsonl", *options)
    assert done.returncode == 1, done.stderr
    assert "peak" in done.stdout
    assert "6 articles in" in done.stdout
    rows = list(csv.DictReader(curve.open(encoding="utf-8")))
    assert max(float(row["memory"]) for row in rows) > 50
    assert '"articles":1' in (tmp_path / "out.manifest.json").read_text(encoding="utf-8")
    assert batch(source, "-o", tmp_path / "other.jsonl").exit_code == 1
    assert (tmp_path / "other.jsonl").read_bytes() == (tmp_path / "out.jsonl").read_bytes()
    assert measure("plot", tmp_path / "memory.svg", curve).returncode == 0
    assert "<svg" in (tmp_path / "memory.svg").read_text(encoding="utf-8")
