"""The error family: every message says what was found, what was expected and what to do."""

from __future__ import annotations

from typing import ClassVar, Literal


class ThadsError(Exception):
    """Base of all errors that this package raises on purpose."""


class InputError(ThadsError):
    """An article cannot be read or holds nothing to brief; ``stage`` is where that showed."""

    stage: ClassVar[Literal["read", "language", "content"]] = "read"


class LanguageError(InputError):
    """A text is not in written Vietnamese."""

    stage: ClassVar[Literal["read", "language", "content"]] = "language"


class ContentError(InputError):
    """A text is no article: captions, a table, page furniture."""

    stage: ClassVar[Literal["read", "language", "content"]] = "content"


class ModelError(ThadsError):
    """A model folder is missing, damaged or of a kind that cannot run."""


class ClosedError(ThadsError, RuntimeError):
    """A summarizer was used after it was closed."""


class TruncationWarning(UserWarning):
    """The model read a part of an article only; figures are found in all of it."""


class OptionError(ThadsError, ValueError):
    """An option has a value that it cannot take."""


class MissingExtraError(ThadsError, ImportError):
    """A feature needs packages of an extra that is not installed."""

    def __init__(self, feature: str, extra: str, package: str) -> None:
        """Name the feature, the extra that carries it and the package that was looked for."""
        super().__init__(
            f"{feature} needs the package '{package}', which is not installed; "
            f'install the extra: pip install "thads-nlp[{extra}]"'
        )
        self.extra = extra
        self._parts = (feature, extra, package)

    def __reduce__(self) -> tuple[type[MissingExtraError], tuple[str, str, str]]:
        return type(self), self._parts
