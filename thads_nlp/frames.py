"""Briefings and figures as pandas tables (extra ``pandas``); pandas is imported when a table is made."""

from __future__ import annotations

import importlib
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from thads_nlp.errors import MissingExtraError

if TYPE_CHECKING:
    from thads_nlp.schema import Briefing

_DATES = ("published", "period_start", "period_end")
_NUMBERS = ("value", "value_high")
# In the order people read in; what is a list in a record is a count or one text here.
_BRIEFING_COLUMNS = (
    "id", "source", "published", "title", "title_origin", "summary", "summary_origin", "length", "bullets", "figures",
    "key_figures", "truncated", "warnings", "model",
)  # fmt: skip
_FIGURE_COLUMNS = (
    "id", "published", "figure", "measure", "text", "value", "value_high", "unit", "approx", "role", "direction",
    "baseline", "period", "period_start", "period_end", "sentence", "sentence_index", "start", "end", "section",
    "group", "change_of", "key", "score",
)  # fmt: skip


def briefings_frame(briefings: Iterable[Briefing]) -> Any:
    """A pandas ``DataFrame`` with a row a briefing.

    ``bullets`` and ``warnings`` are joined by line ends, ``figures`` and ``key_figures`` are counts, ``published`` is
    a date (NaT where unknown).

    Raises:
        MissingExtraError: pandas is not installed.
    """
    rows = []
    for briefing in briefings:
        row: dict[str, Any] = {name: getattr(briefing, name, None) for name in _BRIEFING_COLUMNS}
        row["bullets"] = "\n".join(bullet.text for bullet in briefing.bullets)
        row["figures"] = len(briefing.figures)
        row["key_figures"] = sum(figure.key for figure in briefing.figures)
        row["warnings"] = "\n".join(briefing.warnings)
        rows.append(row)
    return _frame(rows, _BRIEFING_COLUMNS)


def figures_frame(briefings: Iterable[Briefing]) -> Any:
    """A pandas ``DataFrame`` with a row a figure; ``figure`` is its index in its briefing.

    ``value`` and ``value_high`` are floats, to calculate with; exact decimals are in ``Briefing.figures``. Dates are
    dates (NaT where unknown), ``change_of`` is an index or missing.

    Raises:
        MissingExtraError: pandas is not installed.
    """
    rows = []
    for briefing in briefings:
        for index, figure in enumerate(briefing.figures):
            row: dict[str, Any] = {name: getattr(figure, name, None) for name in _FIGURE_COLUMNS}
            row |= {"id": briefing.id, "published": briefing.published, "figure": index, "value": float(figure.value)}
            row["value_high"] = None if figure.value_high is None else float(figure.value_high)
            rows.append(row)
    return _frame(rows, _FIGURE_COLUMNS)


def _frame(rows: list[dict[str, Any]], columns: tuple[str, ...]) -> Any:
    """Rows as a table whose columns have the same types whatever is in it."""
    pandas = _pandas()
    frame = pandas.DataFrame(rows, columns=list(columns))
    for name in _DATES:
        if name in columns:
            # Days before 1677 or of a malformed record have no place in nanoseconds: unknown, not an error.
            frame[name] = pandas.to_datetime(frame[name], errors="coerce", format="ISO8601")
    for name in _NUMBERS:
        if name in columns:
            frame[name] = frame[name].astype("float64")
    if "change_of" in columns:
        frame["change_of"] = frame["change_of"].astype("Int64")
    return frame


def _pandas() -> Any:
    """The package pandas, or an error that names the extra."""
    try:
        return importlib.import_module("pandas")
    except ImportError as error:
        raise MissingExtraError("a table", "pandas", "pandas") from error
