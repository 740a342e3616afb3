"""Runs each task in a process of its own within the time that is left, and gathers the reports."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import thads_nlp
from thads_nlp.evaluation.benchmark.plan import Shape, Task
from thads_nlp.evaluation.benchmark.results import Report, Request

# The benchmark as a package of its own: importing it as a part of thads_nlp would import that first.
_START = (
    "import sys; sys.path.insert(0, sys.argv.pop(1)); import benchmark; sys.path.pop(0); "
    "from benchmark.worker import main; main()"
)
RANDOM_WEIGHTS = "random weights"
# Seconds below which no further process is begun.
LEAST_SECONDS = 2.0
# Between two looks at the memory of a command: short against its seconds.
_LOOK_SECONDS = 0.01
Sets = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class CommandTime:
    """Seconds from command to output (median of the tries), peak memory in bytes (0: unknown)."""

    name: str
    seconds: float
    peak_memory: int


@dataclass(frozen=True, slots=True)
class Runner:
    """Where results go meanwhile, until when, and who is told; ``deadline`` is of ``time.monotonic``."""

    scratch: Path
    deadline: float
    say: Callable[[str], object]

    def run(self, task: Task, sets: Sets) -> Report:
        """The report of a task; a task that cannot run is reported as missing, with the reason."""
        began = time.monotonic()
        report = self._weights(task) if task.shape else None
        if report is None or not report.missing:
            report = self._measured(task, sets)
        report = replace(report, name=task.name)
        said = report.missing or f"{len(report.runs)} runs"
        self.say(f"{task.name}: {said} ({time.monotonic() - began:.0f} s)")
        return report

    def _measured(self, task: Task, sets: Sets) -> Report:
        """The report of the process of a task."""
        options = dict(task.options)
        if task.shape is not None:
            options |= {"folder": str(self._folder(task.shape)), "tokenizer": task.shape.folder is not None}
        names = {plan.articles for plan in task.plans}
        wanted = {name: texts for name, texts in sets.items() if name in names}
        request = Request(task.kind, options, task.plans, wanted, time.time(), task.warm)
        report = self._call(request)
        if task.shape is None:
            return report
        note = f"weights of {task.shape.folder}" if task.shape.folder else RANDOM_WEIGHTS
        return replace(report, facts=replace(report.facts, note=note))

    def _weights(self, task: Task) -> Report | None:
        """Make the random weights of a shape once; None where there is nothing to make."""
        shape = task.shape
        if shape is None or shape.folder is not None or self._folder(shape).is_dir():
            return None
        self.say(f"{shape.label}: making random weights")
        options = {"folder": str(self._folder(shape)), "model_type": shape.model_type, "config": shape.config}
        return self._call(Request("weights", options, (), {}, time.time()))

    def _folder(self, shape: Shape) -> Path:
        """Where the weights of a shape lie."""
        return shape.folder or self.scratch / shape.name

    def _call(self, request: Request) -> Report:
        """Run the worker on a request; what it had reported is kept when it ends badly."""
        left = self.deadline - time.monotonic()
        if left < LEAST_SECONDS:
            return Report(missing="left out: the time was used up")
        asked, answered = self.scratch / "request.json", self.scratch / "report.json"
        answered.unlink(missing_ok=True)
        request = replace(request, started=time.time())
        asked.write_text(json.dumps(request.to_dict()), encoding="utf-8")
        command = [sys.executable, "-c", _START, str(Path(__file__).parents[1]), str(asked), str(answered)]
        reason = _run(command, left)
        report = Report(missing="the process ended without a report")
        if answered.is_file():
            report = Report.from_dict(json.loads(answered.read_text(encoding="utf-8")))
        return replace(report, missing=reason) if reason else report


def _run(command: Sequence[str], seconds: float) -> str:
    """Run a process; why it did not end well, empty if it did."""
    try:
        done = subprocess.run(
            command, env=_environment(), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE, timeout=seconds, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return "stopped: the time was used up"
    if done.returncode == 0:
        return ""
    if done.returncode < 0:
        return f"ended by signal {-done.returncode} (9: out of memory, most likely)"
    lines = done.stderr.decode(errors="replace").strip().splitlines()
    return lines[-1] if lines else f"exit code {done.returncode}"


def _environment() -> dict[str, str]:
    """The caller's environment, with this package to be found first."""
    root = str(Path(thads_nlp.__file__).parents[1])
    return {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, (root, os.environ.get("PYTHONPATH"))))}


def time_commands(text: str, model: str | None, tries: int, seconds: float) -> Iterator[CommandTime]:
    """``thads-nlp figures`` and ``brief`` on a file, as a user waits for them."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "article.txt"
        path.write_text(text, encoding="utf-8")
        for name, options in (("figures", []), ("brief", ["--model", model] if model else [])):
            tried = [_time_command([name, str(path), *options], seconds) for _ in range(tries)]
            good = sorted((one for one in tried if one is not None), key=lambda one: one.seconds)
            if good:
                yield replace(good[len(good) // 2], name=f"thads-nlp {name}")


def _time_command(arguments: Sequence[str], seconds: float) -> CommandTime | None:
    """One call of the command; None if it failed or took too long."""
    began = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "thads_nlp", *arguments],
        env=_environment(), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    watched = _Memory(process.pid)
    try:
        while process.poll() is None:
            watched.look()
            if time.perf_counter() - began > seconds:
                return None
            time.sleep(_LOOK_SECONDS)
        taken = time.perf_counter() - began
    finally:
        process.kill()
        process.wait()
    return CommandTime(arguments[0], taken, watched.peak) if process.returncode == 0 else None


class _Memory:
    """The peak memory of another process, where the system shows it (Linux)."""

    def __init__(self, pid: int) -> None:
        """Watch a process by its number."""
        self._status = Path(f"/proc/{pid}/status")
        self.peak = 0

    def look(self) -> None:
        """Read its high-water mark, which only rises."""
        try:
            lines = self._status.read_text(encoding="ascii", errors="replace").splitlines()
        except OSError:
            return
        self.peak = max([self.peak, *(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM:"))])


def describe_failure(report: Report) -> str:
    """Why a system has no figures, with the extra that carries what it lacks."""
    if report.missing.startswith("the package "):
        return f'{report.missing}; install the extra: pip install "thads-nlp[transformers]"'
    return report.missing
