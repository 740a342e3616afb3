"""Loss of training runs over examples and over time, read from the log in a run's folder."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from thads_nlp.errors import InputError
from thads_nlp.evaluation.panels import two_panels

LOG = "log.jsonl"


@dataclass(frozen=True, slots=True)
class Point:
    """A loss after so many examples and seconds of training; None where the log has no time."""

    examples: int
    seconds: float | None
    loss: float


@dataclass(frozen=True, slots=True)
class Curve:
    """The losses of one run."""

    name: str
    training: tuple[Point, ...]
    validation: tuple[Point, ...]


def read_curve(run: Path) -> Curve:
    """The curve of a run's folder; of a step that was made twice after a kill the second time counts.

    Raises:
        InputError: there is no log with losses.
    """
    try:
        lines = (run / LOG).read_text(encoding="utf-8").splitlines()
        records = [json.loads(line) for line in lines if line.strip()]
    except (OSError, ValueError) as error:
        raise InputError(f"{run / LOG}: no log of a run ({error}); give the folder of thads-nlp train") from error
    curve = Curve(run.resolve().name, tuple(_points(records, "loss")), tuple(_points(records, "validation_loss")))
    if not curve.training and not curve.validation:
        raise InputError(f"{run / LOG}: holds no losses yet; wait for some steps of the run")
    return curve


def curve_table(curves: Sequence[Curve]) -> str:
    """The validation losses of each run, one line each."""
    width = max(len(curve.name) for curve in curves)
    lines = [f"{'run':<{width}}  examples  minutes  validation loss"]
    for curve in curves:
        for point in curve.validation:
            minutes = "" if point.seconds is None else f"{point.seconds / 60:.1f}"
            lines.append(f"{curve.name:<{width}}  {point.examples:8d}  {minutes:>7}  {point.loss:.4f}")
    return "\n".join(lines)


def draw_curves(curves: Sequence[Curve], path: Path) -> None:
    """Training loss as a line and validation loss with marks, over examples and over minutes.

    Raises:
        MissingExtraError: matplotlib is not installed.
        OptionError: a form that matplotlib does not write.
    """
    with two_panels(path) as (by_examples, by_minutes):
        for index, curve in enumerate(curves):
            _draw(by_examples, curve, f"C{index}", [[float(p.examples) for p in part] for part in _parts(curve)])
            _draw(by_minutes, curve, f"C{index}", [[(p.seconds or 0) / 60 for p in part] for part in _parts(curve)])
        by_examples.set_xlabel("training examples")
        by_minutes.set_xlabel("minutes of training")
        by_examples.set_ylabel("loss, nats a subword")
        by_examples.legend(fontsize=7, frameon=False)


def _parts(curve: Curve) -> tuple[tuple[Point, ...], tuple[Point, ...]]:
    """Training and validation."""
    return curve.training, curve.validation


def _draw(axes: Any, curve: Curve, colour: str, places: Sequence[Sequence[float]]) -> None:
    """One run in one panel."""
    losses = [[point.loss for point in part] for part in _parts(curve)]
    axes.plot(places[0], losses[0], color=colour, linewidth=0.7, alpha=0.6, label=f"{curve.name}, training")
    axes.plot(places[1], losses[1], color=colour, marker="o", markersize=3, label=f"{curve.name}, validation")


def _points(records: Sequence[dict[str, Any]], kind: str) -> Iterator[Point]:
    """Losses of a kind by step; mixtures of weights are no part of the curve."""
    latest = {record["step"]: record for record in records if kind in record and not record.get("mixture")}
    for _, record in sorted(latest.items()):
        yield Point(record["examples"], record.get("seconds"), record[kind])
