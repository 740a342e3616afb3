"""Vietnamese news briefings: headline, summary and key figures, every number traced to its source."""

import logging

__version__ = "0.1.0"

logging.getLogger(__name__).addHandler(logging.NullHandler())
