"""Tokens with offsets as the verifier compares them: case and old or new tone placement do not matter."""

from __future__ import annotations

import re
from dataclasses import dataclass

from thads_nlp.text.normalize import compare_key

# A number keeps its inner separators ("6.068", "17/6"); letters and digits stay together ("U23"); signs stand alone.
_TOKEN = re.compile(r"\d+(?:[.,/:]\d+)+|[^\W_]+|[%‰°$€£¥]")
_TOKEN_OR_MARK = re.compile(_TOKEN.pattern + r"|[^\w\s]|_")


@dataclass(frozen=True, slots=True)
class Token:
    """``text`` stands at ``[start, end)`` of the tokenized text; ``key`` is what comparisons look at."""

    text: str
    key: str
    start: int
    end: int

    @property
    def is_word(self) -> bool:
        """Whether the token starts with a letter or digit, as punctuation marks and signs do not."""
        return self.text[0].isalnum()

    @property
    def is_capital(self) -> bool:
        """Whether the token starts with a capital letter."""
        return self.text[0].isupper()


def tokenize(text: str) -> tuple[Token, ...]:
    """Words, numbers and unit signs of a text in reading order, punctuation left out."""
    return _tokens(_TOKEN, text)


def tokenize_with_marks(text: str) -> tuple[Token, ...]:
    """As ``tokenize``, with every punctuation mark as a token of its own."""
    return _tokens(_TOKEN_OR_MARK, text)


def _tokens(pattern: re.Pattern[str], text: str) -> tuple[Token, ...]:
    return tuple(
        Token(match.group(), compare_key(match.group()), match.start(), match.end()) for match in pattern.finditer(text)
    )
