"""Exit codes of the command line, and how errors become them."""

from __future__ import annotations

import sys
from collections.abc import Callable

import click

from thads_nlp.errors import OptionError, ThadsError

# Some of several inputs failed; wrong usage; nothing could be done. 0 is all done.
SOME_FAILED, USAGE, NOTHING_DONE = 1, 2, 3


def guarded(run: Callable[[], None]) -> None:
    """Run; an error of this package becomes its message on stderr and an exit code."""
    try:
        run()
    except ThadsError as error:
        leave(error)


def leave(error: ThadsError) -> None:
    """End with the message of an error and its code."""
    click.echo(f"thads-nlp: {error}", err=True)
    sys.exit(USAGE if isinstance(error, OptionError) else NOTHING_DONE)
