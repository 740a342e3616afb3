"""Fixtures that several rooms use."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import settings

# The first example pays for loading the segmenter: no example has a deadline.
settings.register_profile("thads", deadline=None)
settings.load_profile("thads")


@pytest.fixture(scope="session")
def shared_dir() -> Path:
    """Folder of the acceptance material: THADS_SHARED, or ``shared`` beside the checkout."""
    folder = Path(os.environ.get("THADS_SHARED", Path(__file__).parents[2] / "shared"))
    if not folder.is_dir():
        pytest.skip(f"acceptance material not found at {folder}; set THADS_SHARED to its folder")
    return folder
