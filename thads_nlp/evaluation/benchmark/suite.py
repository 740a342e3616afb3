"""The whole benchmark: machine, commands, systems; and the ratios that are promised."""

from __future__ import annotations

import os
import platform
import re
import tempfile
import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timezone
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from thads_nlp.errors import OptionError
from thads_nlp.evaluation.benchmark.articles import read_texts, series
from thads_nlp.evaluation.benchmark.plan import (
    BARTPHO_SYLLABLE,
    BATCH_CURVE_WORDS,
    PACKAGE,
    VIT5_BASE,
    Depth,
    Shape,
    Task,
    article_sets,
    package_tasks,
    rival_tasks,
)
from thads_nlp.evaluation.benchmark.ratios import Ratio, ratios
from thads_nlp.evaluation.benchmark.results import Limits, Report
from thads_nlp.evaluation.benchmark.running import CommandTime, Runner, describe_failure, time_commands
from thads_nlp.model.engine import available_cpus

MACHINE, COMMANDS = "machine", "commands"
GROUPS = (MACHINE, COMMANDS, PACKAGE, VIT5_BASE.name, BARTPHO_SYLLABLE.name)
_PACKAGES = ("ctranslate2", "tokenizers", "underthesea", "torch", "transformers", "numpy")
_CPU_NAME = re.compile(r"^model name\s*:\s*(.+)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Machine:
    """Where it was run; ``load`` is the mean number of running processes in the minute before (-1: unknown)."""

    cpu: str
    cpus: int
    memory: int
    system: str
    python: str
    packages: dict[str, str]
    load: float


@dataclass(frozen=True, slots=True)
class Benchmark:
    """All results. ``words`` are the mean words of each set of articles, ``seconds`` the whole run."""

    date: str
    depth: Depth
    machine: Machine
    limits: Limits | None
    commands: tuple[CommandTime, ...]
    reports: tuple[Report, ...]
    ratios: tuple[Ratio, ...]
    data: str
    words: dict[str, float]
    seconds: float

    def report(self, name: str) -> Report | None:
        """The report of a system, None where it was not asked for."""
        return next((report for report in self.reports if report.name == name), None)

    def to_dict(self) -> dict[str, Any]:
        """As JSON."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Settings:
    """What to measure: ``data`` None takes the samples, ``model`` None the shipped one, ``only`` empty everything."""

    depth: Depth
    data: Path | None = None
    model: str | None = None
    shapes: tuple[Shape, ...] = (VIT5_BASE, BARTPHO_SYLLABLE)
    only: Collection[str] = ()


def run_benchmark(settings: Settings, say: Callable[[str], object]) -> Benchmark:
    """Measure everything asked for, one process after another; ``say`` gets a line of progress for each.

    Raises:
        OptionError: there are no articles to measure on.
        InputError: no article could be read.
    """
    began = time.monotonic()
    machine = describe_machine()
    texts = read_texts(settings.data)
    sets = article_sets(texts, settings.depth)
    with tempfile.TemporaryDirectory(prefix="thads-benchmark-") as folder:
        runner = Runner(Path(folder), began + settings.depth.budget, say)
        limits = runner.run(Task(MACHINE, MACHINE, "machine"), {}).limits if _wanted(settings, MACHINE) else None
        commands = tuple(_commands(settings, texts, say)) if _wanted(settings, COMMANDS) else ()
        reports = tuple(runner.run(task, sets) for task in _tasks(settings) if _wanted(settings, task.group))
    _tell_missing(reports, say)
    return Benchmark(
        date=datetime.now(timezone.utc).strftime("%Y-%m-%d"),
        depth=settings.depth,
        machine=machine,
        limits=limits,
        commands=commands,
        reports=reports,
        ratios=ratios(reports, commands),
        data="the samples of the repository" if settings.data is None else settings.data.name,
        words={name: sum(len(text.split()) for text in made) / len(made) for name, made in sets.items()},
        seconds=time.monotonic() - began,
    )


def _tasks(settings: Settings) -> list[Task]:
    """All processes in order, the ones that matter most first."""
    tasks = package_tasks(settings.depth, settings.model)
    for shape in settings.shapes:
        tasks += rival_tasks(settings.depth, shape)
    return tasks


def _wanted(settings: Settings, group: str) -> bool:
    """Whether a group is asked for."""
    return not settings.only or group in settings.only


def _commands(settings: Settings, texts: Sequence[str], say: Callable[[str], object]) -> list[CommandTime]:
    """The commands on an article of usual length; each may take a tenth of all the time at most."""
    (text,) = series(texts, BATCH_CURVE_WORDS, 1)
    depth = settings.depth
    made = list(time_commands(text, settings.model, depth.command_tries, depth.budget / 10))
    say("commands: " + (", ".join(f"{one.name} {one.seconds:.1f} s" for one in made) or "none succeeded"))
    return made


def _tell_missing(reports: Sequence[Report], say: Callable[[str], object]) -> None:
    """What has no figures, once more at the end."""
    for report in reports:
        if report.missing:
            say(f"not measured, or not whole: {report.name}: {describe_failure(report)}")


def describe_machine() -> Machine:
    """Processor, memory, versions, and what else was running."""
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else -1.0
    pages = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") if hasattr(os, "sysconf") else 0
    return Machine(
        cpu=_cpu_name(),
        cpus=available_cpus(),
        memory=pages,
        system=f"{platform.system()} {platform.machine()}",
        python=platform.python_version(),
        packages={name: found for name in _PACKAGES if (found := _version(name))},
        load=load,
    )


def _cpu_name() -> str:
    """The processor's name for itself."""
    try:
        found = _CPU_NAME.search(Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace"))
    except OSError:
        found = None
    return found.group(1) if found else platform.processor() or "unknown processor"


def _version(name: str) -> str:
    """Version of an installed package, empty where it is not installed."""
    try:
        return version(name)
    except PackageNotFoundError:
        return ""


def check_groups(only: Collection[str]) -> None:
    """OptionError for a group that is none."""
    if unknown := [name for name in only if name not in GROUPS]:
        raise OptionError(f"--only {unknown[0]}: it must be one of {', '.join(GROUPS)}")
