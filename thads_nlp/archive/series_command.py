"""The command ``thads-nlp series``: a table, a plot and the contradictions of an archive's figures."""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any, TextIO

import click

from thads_nlp.archive.series import Point, Series, build_series, contradictions, read_briefings
from thads_nlp.errors import InputError, MissingExtraError, OptionError, ThadsError
from thads_nlp.exits import leave
from thads_nlp.schema import Briefing, canonical

# Panels of a plot; more cannot be read on a page.
MAX_PANELS = 12
_COLUMNS = (
    "series", "name", "unit", "kind", "period_start", "period_end", "period", "value", "value_high", "approximate",
    "status", "measure", "text", "id", "source", "sentence",
)  # fmt: skip
_KINDS = {"change": "thay đổi", "level": "mức"}

_EXAMPLES = """
\b
Examples:
  thads-nlp series briefs.jsonl -o series.csv
  thads-nlp series briefs.jsonl -o series.parquet --plot series.svg --measure "thi hành xong"
"""


@click.command(epilog=_EXAMPLES)
@click.argument("archive", metavar="ARCHIVE.jsonl")
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), default=None,
              help="Table as .csv or .parquet (default: CSV on stdout).")
@click.option("--plot", type=click.Path(dir_okay=False, path_type=Path), default=None,
              help="Small multiples as .svg, .png or .pdf (extra: plots).")
@click.option("--measure", default=None, help="Only series whose name holds these words.")
@click.option("--fewest", type=click.IntRange(1), default=2, show_default=True, help="Periods that a series needs.")
def series(archive: str, output: Path | None, plot: Path | None, measure: str | None, fewest: int) -> None:  # fmt: skip
    """Figures of a briefed archive by measure and period, with contradictions between articles named on stderr."""
    try:
        with _opened(archive) as stream:
            found = build_series(_briefings(stream, archive), fewest)
        if measure:
            words = measure.lower().split()
            found = tuple(one for one in found if all(word in one.name.lower() for word in words))
        _write(found, output)
        if plot is not None:
            draw(found, plot)
    except ThadsError as error:
        leave(error)
        return
    for first, second in contradictions(found):
        click.echo(f"thads-nlp: contradiction: {_told(first)} — {_told(second)}", err=True)


def _opened(name: str) -> TextIO:
    """The archive as text."""
    if name == "-":
        return sys.stdin
    try:
        return Path(name).open(encoding="utf-8")
    except OSError as error:
        raise InputError(f"{name}: cannot be opened ({error.strerror})") from error


def _briefings(stream: Iterable[str], name: str) -> Iterator[Briefing]:
    """Briefings of the stream; InputError where it is no text."""
    try:
        yield from read_briefings(stream, name)
    except UnicodeDecodeError as error:
        raise InputError(f"{name}: no UTF-8 text ({error.reason}); give the JSONL, unpacked") from error


def _told(point: Point) -> str:
    """A point as an editor reads it."""
    return f'{point.source or point.article}: "{point.measure}: {point.text}" ({point.period})'


def _rows(found: Sequence[Series]) -> Iterator[dict[str, Any]]:
    """One row a point; decimals as canonical strings."""
    for one in found:
        for p in one.points:
            yield {
                "series": one.number, "name": one.name, "unit": one.unit, "kind": one.kind,
                "period_start": p.period_start, "period_end": p.period_end, "period": p.period,
                "value": canonical(p.value), "value_high": "" if p.value_high is None else canonical(p.value_high),
                "approximate": p.approximate, "status": p.status, "measure": p.measure, "text": p.text,
                "id": p.article, "source": p.source, "sentence": p.sentence,
            }  # fmt: skip


def _write(found: Sequence[Series], output: Path | None) -> None:
    """The table in the form that its name asks for."""
    if output is None:
        _write_csv(found, sys.stdout)
    elif output.suffix.lower() == ".csv":
        # Excel takes a file for UTF-8 only with this mark.
        with _writing(output), output.open("w", encoding="utf-8-sig", newline="") as stream:
            _write_csv(found, stream)
    elif output.suffix.lower() == ".parquet":
        with _writing(output):
            _write_parquet(found, output)
    else:
        raise OptionError(f"{output}: the table is written as .csv or .parquet")


@contextmanager
def _writing(output: Path) -> Iterator[None]:
    """OptionError where a table cannot be written."""
    try:
        yield
    except OSError as error:
        raise OptionError(f"{output}: the table cannot be written ({error.strerror or error})") from error


def _write_csv(found: Sequence[Series], stream: TextIO) -> None:
    """Comma-separated rows; texts that a spreadsheet would run as a formula are led by a quote mark."""
    writer = csv.DictWriter(stream, _COLUMNS)
    writer.writeheader()
    for row in _rows(found):
        writer.writerow({key: _harmless(key, value) for key, value in row.items()})


def _harmless(key: str, value: object) -> object:
    """A cell that no spreadsheet takes for a formula; numbers stay as they are."""
    risky = isinstance(value, str) and key not in ("value", "value_high") and value[:1] in ("=", "+", "-", "@", "\t")
    return f"'{value}" if risky else value


def _write_parquet(found: Sequence[Series], output: Path) -> None:
    """The same rows in columns."""
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError as error:
        raise MissingExtraError("writing Parquet", "archive", "pyarrow") from error
    pq.write_table(pa.Table.from_pylist(list(_rows(found))), output)


def draw(found: Sequence[Series], path: Path) -> None:
    """Small multiples of the longest series, one panel each, Vietnamese labels.

    Raises:
        MissingExtraError: matplotlib is not installed.
        OptionError: nothing to draw, or a form that matplotlib does not write.
    """
    try:
        from matplotlib.figure import Figure
    except ImportError as error:
        raise MissingExtraError("--plot", "plots", "matplotlib") from error
    shown = [one for one in found if any(point.period_start for point in one.points)][:MAX_PANELS]
    if not shown:
        raise OptionError("no series with dated periods was found, so there is nothing to plot")
    columns = min(3, len(shown))
    rows = -(-len(shown) // columns)
    figure = Figure(figsize=(4.4 * columns, 2.9 * rows), layout="constrained")
    panels = figure.subplots(rows, columns, squeeze=False).flatten()
    for panel, one in zip(panels, shown, strict=False):
        _panel(panel, one)
    for panel in panels[len(shown) :]:
        panel.set_axis_off()
    try:
        figure.savefig(path)
    except (OSError, ValueError) as error:
        raise OptionError(f"{path}: the plot cannot be written ({error})") from error


def _panel(panel: Any, one: Series) -> None:
    """One series: a line through the ends of its periods, contradicting points marked."""
    from matplotlib.dates import AutoDateLocator, ConciseDateFormatter

    points = [point for point in one.points if point.period_end]
    scale, label = _scale(one)
    days = [date.fromisoformat(point.period_end) for point in points]
    values = [float(point.value) / scale for point in points]
    panel.plot(days, values, marker="o", markersize=3.5, linewidth=1.2, color="#2a6f97")
    marked = [index for index, point in enumerate(points) if point.status == "contradiction"]
    if marked:
        panel.plot([days[i] for i in marked], [values[i] for i in marked], "x", color="#b3261e", label="mâu thuẫn")
        panel.legend(frameon=False, fontsize=7)
    panel.set_title(f"{one.name} ({_KINDS[one.kind]})", fontsize=9, wrap=True)
    panel.set_ylabel(label, fontsize=8)
    panel.tick_params(labelsize=7)
    locator = AutoDateLocator(minticks=2, maxticks=6)
    panel.xaxis.set_major_locator(locator)
    panel.xaxis.set_major_formatter(ConciseDateFormatter(locator))
    panel.spines[["top", "right"]].set_visible(False)


def _scale(one: Series) -> tuple[float, str]:
    """Divisor and label of an axis: billions of đồng rather than eleven zeros."""
    top = max(abs(point.value) for point in one.points)
    for size, word in ((10**9, "tỷ"), (10**6, "triệu"), (10**3, "nghìn")):
        if top >= size * 10:
            return float(size), f"{word} {_shown(one.unit)}"
    return 1.0, _shown(one.unit)


def _shown(unit: str) -> str:
    """A unit as people read it."""
    return "đồng" if unit.lower() == "vnd" else unit
