"""The results as Markdown, which reads as plain text too."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from thads_nlp.errors import OptionError
from thads_nlp.evaluation.benchmark.plan import (
    ANCHORS,
    BATCH_CURVE,
    BRIEF,
    CURVES,
    EQUAL,
    OUTPUT_TOKENS,
    WORDS,
)
from thads_nlp.evaluation.benchmark.ratios import MEGABYTE, Ratio, least_seconds
from thads_nlp.evaluation.benchmark.results import Limits, Report, Run
from thads_nlp.evaluation.benchmark.running import RANDOM_WEIGHTS, describe_failure
from thads_nlp.evaluation.benchmark.suite import Benchmark

BEGIN, END = "<!-- benchmark: begin -->", "<!-- benchmark: end -->"
NONE = "–"


def results_section(made: Benchmark, plots: Sequence[Path] = (), base: Path | None = None) -> str:
    """Everything measured, as the results section of a document in the folder ``base``."""
    parts = [_machine(made), _ratios(made.ratios), _speed(made), _costs(made.reports), _curves(made)]
    parts += [f"![{plot.stem}]({_link(plot, base)})" for plot in plots]
    parts.append(_notes(made))
    return "\n\n".join(part for part in parts if part)


def write_section(section: str, path: Path) -> None:
    """Put the section between the marks of a document, or write it as a document of its own.

    Raises:
        OptionError: the file cannot be read or written, or holds other text without the marks.
    """
    try:
        text = path.read_text(encoding="utf-8") if path.exists() else ""
        before, begin, rest = text.partition(BEGIN)
        _, end, after = rest.partition(END)
        if text.strip() and not (begin and end):
            raise OptionError(f"{path} holds other text without the marks {BEGIN} and {END}; put them where it goes")
        path.write_text(f"{before}{BEGIN}\n{section}\n{END}{after or chr(10)}", encoding="utf-8")
    except OSError as error:
        raise OptionError(f"{path}: cannot be written ({error.strerror})") from error


def _link(plot: Path, base: Path | None) -> str:
    """A plot as seen from the document."""
    return os.path.relpath(plot, base).replace(os.sep, "/") if base else plot.name


def _machine(made: Benchmark) -> str:
    """Where and how it was measured, and the machine's limits."""
    machine, limits = made.machine, made.limits
    versions = ", ".join(f"{name} {found}" for name, found in machine.packages.items())
    load = f"; load before the run {machine.load:.1f}" if machine.load >= 0 else ""
    lines = [
        f"Measured {made.date} on {machine.cpus} cores of {machine.cpu} with {machine.memory / 2**30:.0f} GiB "
        f"({machine.system}, Python {machine.python}, {versions}){load}; the {made.depth.name} run took "
        f"{made.seconds / 60:.0f} minutes. Articles: {made.data}, {made.depth.articles} anchors of "
        f"{made.words[ANCHORS]:.0f} words on average."
    ]
    if limits:
        lines.append(f"Limits of the machine, measured in the same run: {_limits(limits)}.")
    return "\n\n".join(lines)


def _limits(limits: Limits) -> str:
    """The limits in words."""
    products = [("fp32", limits.fp32, "GFLOP/s"), ("bf16", limits.bf16, "GFLOP/s"), ("int8", limits.int8, "GOP/s")]
    told = ", ".join(f"{name} {value:,.0f} {unit}" for name, value, unit in products if value)
    return f"memory {limits.copy:.0f} GB/s copied, {limits.read:.0f} GB/s read; matrix products {told}"


def _ratios(ratios: Sequence[Ratio]) -> str:
    """What is promised, and whether it holds."""
    rows = [(one.label, f"{_short(one.value)} {one.unit}", _wanted(one), _met(one)) for one in ratios]
    return _table(("comparison", "measured", "wanted", "reached"), rows) if rows else ""


def _wanted(ratio: Ratio) -> str:
    """The bound as a sign and a number."""
    if ratio.least is not None:
        return f"≥ {ratio.least:g} {ratio.unit}"
    return f"≤ {ratio.most:g} {ratio.unit}" if ratio.most is not None else NONE


def _met(ratio: Ratio) -> str:
    """Whether the bound is kept."""
    return {None: NONE, True: "yes", False: "**no**"}[ratio.met]


def _speed(made: Benchmark) -> str:
    """One line a run on the anchors and on the articles of equal length."""
    head = ("system", "articles", "words", "read", "written", "beam", "batch", "articles/s", "p50 s", "p95 s",
            "CPU s/article", "share of the limit")  # fmt: skip
    rows = [
        row
        for report in made.reports
        for run in report.runs
        if run.plan.articles in (ANCHORS, EQUAL)
        for row in _speed_rows(report, run, made.limits)
    ]
    return _table(head, rows) if rows else ""


def _speed_rows(report: Report, run: Run, limits: Limits | None) -> Iterator[tuple[str, ...]]:
    """A run; the whole brief also without its bullets."""
    least = least_seconds(report, run, limits) if limits else None
    name = f"{report.name} ({RANDOM_WEIGHTS})" if report.facts.note == RANDOM_WEIGHTS else report.name
    tail = (_short(run.percentile(0.5)), _short(run.percentile(0.95)), _short(run.cpu_seconds / run.count),
            f"{least / run.seconds:.0%}" if least else NONE)  # fmt: skip
    middle = (
        f"{run.count}", f"{run.words:.0f}", f"{run.source:.0f}" if run.source else NONE,
        f"{run.output:.0f}" if run.output else NONE, f"{run.plan.beam or NONE}", f"{run.plan.batch}",
    )  # fmt: skip
    if report.name == BRIEF:
        yield (f"{name}, headline + summary", *middle, _short(run.summary_rate), NONE, NONE, NONE, NONE)
        name = f"{name}, whole brief"
    yield (name, *middle, _short(run.rate), *tail)


def _costs(reports: Sequence[Report]) -> str:
    """Start, memory and disk of each system."""
    head = ("system", "parameters", "import s", "load s", "cold start s", "peak MB, one article", "peak MB, all runs",
            "model on disk MB")  # fmt: skip
    rows = [
        (report.name, f"{report.facts.parameters / 1e6:.0f} M" if report.facts.parameters else NONE,
         f"{report.import_seconds:.2f}", f"{report.load_seconds:.2f}", f"{report.cold_start:.2f}",
         f"{report.first_memory / MEGABYTE:.0f}", f"{report.peak_memory / MEGABYTE:.0f}",
         f"{report.facts.disk / MEGABYTE:.0f}" if report.facts.disk else NONE)
        for report in reports if report.runs and report.name != CURVES
    ]  # fmt: skip
    return _table(head, rows) if rows else ""


def _curves(made: Benchmark) -> str:
    """Whole briefs by length of the article, and by batch size."""
    report = made.report(CURVES)
    if report is None or not report.runs:
        return ""
    lengths = [
        (f"{run.words:.0f}", f"{run.count}", f"{run.seconds / run.count:.2f}", f"{run.cpu_seconds / run.count:.2f}",
         f"{run.generated} of {run.count}")
        for run in report.runs if run.plan.articles.endswith(WORDS)
    ]  # fmt: skip
    batches = [
        (f"{run.plan.batch}", f"{run.count}", f"{run.words:.0f}", _short(run.rate), f"{run.percentile(0.5):.2f}")
        for run in report.runs if run.plan.articles == BATCH_CURVE
    ]  # fmt: skip
    tables = [
        _table(("words", "articles", "s an article", "CPU s/article", "summaries by the model"), lengths),
        _table(("batch", "articles", "words", "articles/s", "s a batch (p50)"), batches) if batches else "",
    ]
    return "Whole briefs of this package by length and by batch size:\n\n" + "\n\n".join(filter(None, tables))


def _notes(made: Benchmark) -> str:
    """What has to be known beside the tables."""
    notes = [
        f"Models alone and other systems write exactly {OUTPUT_TOKENS} subwords; this package's briefs are as long as "
        "they are. Read and written are subwords an article; p50 and p95 are the times of a batch.",
    ]
    if any(report.facts.note == RANDOM_WEIGHTS for report in made.reports):
        notes.append(
            "Systems with random weights do the same arithmetic as the real ones and write nothing that means anything."
        )
    if not made.depth.warm:
        notes.append("Other systems were timed on their first article, which the full run does not count.")
    for report in made.reports:
        failures = sum(run.failures for run in report.runs)
        if failures:
            notes.append(f"{report.name}: {failures} articles could not be briefed.")
        if report.missing:
            notes.append(f"{report.name} was not measured, or not whole: {describe_failure(report)}.")
    return "\n".join(f"- {note}" for note in notes)


def _short(value: float) -> str:
    """Three significant digits."""
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}" if value >= 0.001 else f"{value:.5f}"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table whose columns are aligned in plain text as well."""
    grid = [list(head), *(list(row) for row in rows)]
    widths = [max(len(row[column]) for row in grid) for column in range(len(head))]
    lines = [
        "| " + " | ".join(
            cell.ljust(width) if column == 0 else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ) + " |"
        for row in grid
    ]  # fmt: skip
    rule = "|" + "|".join("-" * (width + 2) if column == 0 else "-" * (width + 1) + ":"
                          for column, width in enumerate(widths)) + "|"  # fmt: skip
    return "\n".join([lines[0], rule, *lines[1:]])
