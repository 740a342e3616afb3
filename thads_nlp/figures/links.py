"""Which figures make one statement, and which change belongs to which level."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from thads_nlp.schema import KeyFigure

# A statement that an editor would print as one bullet: so many figures and characters of its sentence at most.
MAX_STATEMENT_FIGURES = 4
MAX_STATEMENT_CHARS = 170


def link(figures: Sequence[KeyFigure], parted: Sequence[bool]) -> tuple[KeyFigure, ...]:
    """The figures with ``group`` (one number a statement) and ``change_of`` (index of the level that changed).

    ``parted`` says of each figure whether a semicolon stands between it and the one before.
    """
    groups = _groups(figures, parted)
    return tuple(
        replace(figure, group=groups[index], change_of=_level_of(figures, groups, index))
        for index, figure in enumerate(figures)
    )


def _groups(figures: Sequence[KeyFigure], parted: Sequence[bool]) -> list[int]:
    """Statement numbers: figures of one sentence, kept together by measure, else while they are near and few."""
    numbers: list[int] = []
    first = 0
    for index in range(len(figures)):
        if index and not parted[index] and _goes_on(figures, first, index):
            numbers.append(numbers[-1])
            continue
        first = index
        numbers.append(numbers[-1] + 1 if numbers else 0)
    return numbers


def _goes_on(figures: Sequence[KeyFigure], first: int, index: int) -> bool:
    """Whether a figure belongs to the statement that begins at ``first``."""
    figure, before, head = figures[index], figures[index - 1], figures[first]
    if figure.sentence_index != head.sentence_index:
        return False
    if figure.measure == before.measure and figure.role in ("change", "share"):
        return True
    return figure.end - head.start <= MAX_STATEMENT_CHARS and index - first < MAX_STATEMENT_FIGURES


def _level_of(figures: Sequence[KeyFigure], groups: Sequence[int], index: int) -> int | None:
    """The level of a change: the nearest one of its measure in its statement, before it first."""
    if figures[index].role != "change":
        return None
    for step in (-1, 1):
        other = index + step
        while 0 <= other < len(figures) and groups[other] == groups[index]:
            if figures[other].measure == figures[index].measure and figures[other].role in ("level", "target"):
                return other
            other += step
    return None
