"""Two panels side by side, as all plots of evaluations have them (extra: plots)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from thads_nlp.errors import MissingExtraError, OptionError


@contextmanager
def two_panels(path: Path) -> Iterator[tuple[Any, Any]]:
    """The axes to draw on; what is drawn is written to ``path``.

    Raises:
        MissingExtraError: matplotlib is not installed.
        OptionError: a form that matplotlib does not write.
    """
    try:
        from matplotlib.figure import Figure
    except ImportError as error:
        raise MissingExtraError("--plot", "plots", "matplotlib") from error
    figure = Figure(figsize=(12, 4.2), layout="constrained")
    left, right = figure.subplots(1, 2, sharey=True)
    yield left, right
    try:
        figure.savefig(path)
    except (OSError, ValueError) as error:
        raise OptionError(f"{path}: the plot cannot be written ({error})") from error
