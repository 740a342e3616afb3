"""Timing of one system in its own process. Standard library only."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from .results import Facts, Outcome, Run, RunPlan

_STATUS = Path("/proc/self/status")


class System(Protocol):
    """What is measured."""

    import_seconds: float
    load_seconds: float

    def facts(self) -> Facts:
        """Sizes, and what the reader of the table should know."""
        ...

    def prepare(self, plan: RunPlan) -> None:
        """Load what this plan needs; not timed."""
        ...

    def run(self, texts: Sequence[str], plan: RunPlan) -> Outcome:
        """Brief one batch."""
        ...


def timed(system: System, plan: RunPlan, texts: Sequence[str]) -> Run:
    """Run batch after batch until the articles or the plan's time are used up; at least one batch."""
    system.prepare(plan)
    chosen = texts[: plan.limit]
    latencies: list[float] = []
    outcomes: list[Outcome] = []
    count, cpu = 0, 0.0
    for start in range(0, len(chosen), plan.batch):
        part = chosen[start : start + plan.batch]
        began, spent = time.perf_counter(), time.process_time()
        outcome = system.run(part, plan)
        latencies.append(time.perf_counter() - began - outcome.aside)
        cpu += time.process_time() - spent - outcome.aside
        outcomes.append(outcome)
        count += len(part)
        if sum(latencies) >= plan.seconds:
            break
    return Run(
        plan=plan,
        count=count,
        seconds=sum(latencies),
        cpu_seconds=cpu,
        latencies=tuple(latencies),
        words=sum(len(text.split()) for text in chosen[:count]) / count,
        source=sum(outcome.source for outcome in outcomes) / count,
        output=sum(outcome.output for outcome in outcomes) / count,
        failures=sum(outcome.failures for outcome in outcomes),
        generated=sum(outcome.generated for outcome in outcomes),
        bullets=sum(outcome.bullets for outcome in outcomes),
    )


def peak_memory() -> int:
    """Peak resident memory of this process in bytes, 0 where the system does not tell.

    Linux hands ``ru_maxrss`` of the parent on to a child (``setmax_mm_hiwater_rss`` in exec), so its own mark is read.
    """
    if _STATUS.is_file():
        for line in _STATUS.read_text(encoding="ascii", errors="replace").splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    try:
        import resource
    except ImportError:
        return 0
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024
