"""Vietnamese news briefings: headline, summary and key figures, every number traced to its source."""

import logging

from thads_nlp.errors import (
    ClosedError,
    InputError,
    MissingExtraError,
    ModelError,
    OptionError,
    ThadsError,
    TruncationWarning,
)
from thads_nlp.figures.finding import find_figures
from thads_nlp.frames import briefings_frame, figures_frame
from thads_nlp.schema import Article, Briefing, Failure, KeyFigure
from thads_nlp.summarizer import Summarizer

__version__ = "0.1.0"

__all__ = [
    "Article",
    "Briefing",
    "ClosedError",
    "Failure",
    "InputError",
    "KeyFigure",
    "MissingExtraError",
    "ModelError",
    "OptionError",
    "Summarizer",
    "ThadsError",
    "TruncationWarning",
    "briefings_frame",
    "figures_frame",
    "find_figures",
]

logging.getLogger(__name__).addHandler(logging.NullHandler())
