"""Plots of a benchmark as SVG (extra: plots)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from thads_nlp.errors import MissingExtraError, OptionError
from thads_nlp.evaluation.benchmark.plan import ANCHORS, BATCH_CURVE, CURVES, WORDS
from thads_nlp.evaluation.benchmark.results import Report
from thads_nlp.evaluation.benchmark.suite import Benchmark


def draw(made: Benchmark, folder: Path) -> tuple[Path, ...]:
    """Speed of the systems, and this package's cost by length and by batch; what was not measured is not drawn.

    Raises:
        MissingExtraError: matplotlib is not installed.
        OptionError: the folder cannot be written to.
    """
    check_plots()
    curves = made.report(CURVES)
    drawn: list[Path] = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if bars := list(_bars(made)):
            drawn.append(_speed(bars, folder / "benchmark-speed.svg"))
        if curves is not None and curves.runs:
            drawn.append(_lengths(curves, folder / "benchmark-words.svg"))
            drawn.append(_batches(curves, folder / "benchmark-batches.svg"))
    except OSError as error:
        raise OptionError(f"{folder}: the plots cannot be written ({error.strerror})") from error
    return tuple(drawn)


def check_plots() -> None:
    """MissingExtraError where there is no matplotlib: known before anything is measured."""
    try:
        import matplotlib  # noqa: F401
    except ImportError as error:
        raise MissingExtraError("--plots", "plots", "matplotlib") from error


def _bars(made: Benchmark) -> Iterator[tuple[str, float]]:
    """Articles a second of each run on the anchors."""
    for report in made.reports:
        for run in report.runs:
            if run.plan.articles == ANCHORS:
                beam = {0: "", 1: ", greedy"}.get(run.plan.beam, f", beam {run.plan.beam}")
                yield f"{report.name}{beam}, batch {run.plan.batch}", run.rate


def _axes(width: float, height: float) -> tuple[Any, Any]:
    """An empty figure."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), layout="constrained")
    return figure, figure.subplots()


def _speed(bars: list[tuple[str, float]], path: Path) -> Path:
    """Bars on a logarithmic scale, the first system at the top."""
    figure, axes = _axes(8, 1 + 0.28 * len(bars))
    drawn = axes.barh([label for label, _ in bars], [rate for _, rate in bars])
    axes.bar_label(drawn, fmt="%.3g", padding=3, fontsize=7)
    axes.set_xscale("log")
    axes.margins(x=0.15)
    axes.invert_yaxis()
    axes.tick_params(axis="y", labelsize=7)
    axes.set_xlabel("articles a second (logarithmic)")
    figure.savefig(path)
    return path


def _lengths(report: Report, path: Path) -> Path:
    """Seconds of a brief against words."""
    runs = [run for run in report.runs if run.plan.articles.endswith(WORDS)]
    figure, axes = _axes(6, 3.6)
    axes.plot([run.words for run in runs], [run.seconds / run.count for run in runs], marker="o", label="whole brief")
    summary = [(run.seconds - run.bullets) / run.count for run in runs]
    axes.plot([run.words for run in runs], summary, marker=".", linestyle="--", label="headline + summary")
    axes.set_ylim(bottom=0)
    axes.set_xlabel("words of the article")
    axes.set_ylabel("seconds an article, one by one")
    axes.legend(frameon=False)
    figure.savefig(path)
    return path


def _batches(report: Report, path: Path) -> Path:
    """Articles a second against batch size."""
    runs = [run for run in report.runs if run.plan.articles == BATCH_CURVE]
    figure, axes = _axes(6, 3.6)
    axes.plot([run.plan.batch for run in runs], [run.rate for run in runs], marker="o")
    axes.set_xscale("log", base=2)
    axes.set_ylim(bottom=0)
    axes.set_xlabel("articles at a time")
    axes.set_ylabel("whole briefs a second")
    figure.savefig(path)
    return path
