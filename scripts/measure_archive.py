"""What a batch run takes: articles/s, processors and memory of all its processes, with a curve of memory over time.

python scripts/measure_archive.py run --curve 1k.csv -- 1k.jsonl -o out.jsonl --summarizer extractive --no-text
python scripts/measure_archive.py run --single --curve one.csv -- 200.jsonl -o single.jsonl
python scripts/measure_archive.py plot memory.svg 1k.csv 10k.csv 50k.csv
"""

from __future__ import annotations

import csv
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import astuple, dataclass, fields
from pathlib import Path

import click
import psutil

_PLAIN = "from thads_nlp.archive.commands import batch; batch()"
# The same run with nothing generated together; the manifest says so.
_SINGLE = "from thads_nlp.archive import batch as b, run as r; b.BATCH_ARTICLES = r.BATCH_ARTICLES = 1; " + _PLAIN
_SECONDS = 0.5
_MIB = 1 << 20


@dataclass(frozen=True, slots=True)
class Sample:
    """A moment of a run: all its processes together, and the largest one beside the first."""

    seconds: float
    memory: float
    largest_worker: float
    processors: float


@click.group()
def main() -> None:
    """Measure batch runs."""


@main.command()
@click.option("--curve", type=click.Path(dir_okay=False, path_type=Path), required=True, help="CSV of the samples.")
@click.option("--single", is_flag=True, help="Generate each article alone.")
@click.argument("arguments", nargs=-1, required=True, metavar="-- ARGUMENTS OF batch")
def run(curve: Path, single: bool, arguments: tuple[str, ...]) -> None:
    """Run ``thads-nlp batch`` with these arguments and look at it twice a second."""
    process = psutil.Popen([sys.executable, "-c", _SINGLE if single else _PLAIN, *arguments], stderr=subprocess.PIPE)
    samples = list(_samples(process))
    said = process.stderr.read().decode()
    with curve.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream)
        writer.writerow(field.name for field in fields(Sample))
        writer.writerows(astuple(sample) for sample in samples)
    click.echo(said, nl=False)
    click.echo(told(samples))
    sys.exit(process.returncode)


def _samples(process: psutil.Popen) -> Iterator[Sample]:
    """Samples until the run has ended."""
    began, last, used = time.monotonic(), 0.0, 0.0
    while process.poll() is None:
        time.sleep(_SECONDS)
        memory, spent = _tree(process)
        if not memory:
            return
        seconds = time.monotonic() - began
        yield Sample(seconds, sum(memory), max(memory[1:], default=0.0), max(spent - used, 0.0) / (seconds - last))
        last, used = seconds, spent


def _tree(process: psutil.Process) -> tuple[list[float], float]:
    """Resident MiB of a process and of those below it, and the seconds of processor that they have used."""
    memory, seconds = [], 0.0
    try:
        found = [process, *process.children(recursive=True)]
    except psutil.Error:
        return [], 0.0
    for one in found:
        try:
            times = one.cpu_times()
            memory.append(one.memory_info().rss / _MIB)
        except psutil.Error:  # ended meanwhile
            continue
        seconds += times.user + times.system
    return memory, seconds


def told(samples: Sequence[Sample]) -> str:
    """Peak of memory and middle use of processors; the first and last tenth, loading and writing, left out."""
    if not samples:
        return "too short to be measured"
    tenth = len(samples) // 10
    middle = sorted(sample.processors for sample in samples[tenth : len(samples) - tenth])
    peak = max(samples, key=lambda sample: sample.memory)
    half = len(samples) // 2
    early, late = (max(s.memory for s in part) for part in (samples[: half or 1], samples[half:]))
    return (
        f"memory of all processes: peak {peak.memory:.0f} MiB after {peak.seconds:.0f} s, first half {early:.0f} MiB, "
        f"second half {late:.0f} MiB; largest worker {max(s.largest_worker for s in samples):.0f} MiB; processors "
        f"{middle[len(middle) // 2]:.0%} (median)"
    )


@main.command()
@click.argument("picture", type=click.Path(dir_okay=False, path_type=Path))
@click.argument("curves", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
def plot(picture: Path, curves: tuple[Path, ...]) -> None:
    """Draw memory over time of several runs, each named after its file."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(6.4, 3.4), layout="constrained")
    panel = figure.subplots()
    for curve in curves:
        with curve.open(newline="", encoding="utf-8") as stream:
            rows = list(csv.DictReader(stream))
        panel.plot([float(r["seconds"]) for r in rows], [float(r["memory"]) for r in rows], label=curve.stem, lw=1.2)
    panel.set_xlabel("seconds")
    panel.set_ylabel("MiB, all processes")
    panel.set_xscale("log")
    panel.set_ylim(bottom=0)
    panel.spines[["top", "right"]].set_visible(False)
    panel.legend(frameon=False)
    figure.savefig(picture, metadata={"Date": None} if picture.suffix == ".svg" else None)


if __name__ == "__main__":
    main()
