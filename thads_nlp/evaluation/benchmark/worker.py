"""The process that measures one system: reads a request, writes a report after every run, so that none is lost.

Standard library only until the system is opened: what is imported is part of what is measured.
"""

from __future__ import annotations

import json
import os
import sys
import time
from dataclasses import replace
from pathlib import Path

from .clock import System, peak_memory, timed
from .results import Report, Request


def main() -> None:
    """Measure what the file of the first argument asks for; the report goes into the file of the second."""
    request_file, report_file = Path(sys.argv[1]), Path(sys.argv[2])
    request = Request.from_dict(json.loads(request_file.read_text(encoding="utf-8")))
    try:
        measure(request, report_file)
    except ImportError as error:
        _write(Report(missing=f"the package {error.name} is not installed" if error.name else str(error)), report_file)


def measure(request: Request, report_file: Path) -> None:
    """Open the system, time its first result, then each of the plans."""
    if request.kind == "machine":
        from .machine import measure_limits

        _write(Report(limits=measure_limits(**request.options)), report_file)
        return
    if request.kind == "weights":
        from .rivals import make_weights

        make_weights(**request.options)
        _write(Report(), report_file)
        return
    system = open_system(request)
    report = _first(system, request)
    _write(report, report_file)
    for plan in request.plans if request.warm else request.plans[1:]:
        run = timed(system, plan, request.sets[plan.articles])
        report = replace(report, runs=(*report.runs, run), peak_memory=peak_memory())
        _write(report, report_file)


def open_system(request: Request) -> System:
    """Import and load what the request names."""
    if request.kind == "rival":
        from .rivals import Rival

        return Rival(**request.options)
    began = time.perf_counter()
    from .package import open_package

    imported = time.perf_counter() - began
    system = open_package(request.kind, **request.options)
    system.import_seconds += imported
    return system


def _first(system: System, request: Request) -> Report:
    """The report up to the first result."""
    plan = replace(request.plans[0], batch=1, limit=1)
    run = timed(system, plan, request.sets[plan.articles])
    return Report(
        runs=() if request.warm else (run,),
        cold_start=time.time() - request.started,
        facts=system.facts(),
        import_seconds=system.import_seconds,
        load_seconds=system.load_seconds,
        first_memory=peak_memory(),
        peak_memory=peak_memory(),
    )


def _write(report: Report, path: Path) -> None:
    """Write the report so that a reader sees a whole one."""
    part = path.with_suffix(".part")
    part.write_text(json.dumps(report.to_dict()), encoding="utf-8")
    os.replace(part, path)
