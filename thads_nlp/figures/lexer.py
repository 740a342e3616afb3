"""Tokens with offsets: what the grammar of numerals and quantities reads instead of characters."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Literal, NamedTuple

TokenKind = Literal["number", "word", "symbol", "edge"]

# Digits are ASCII only; combining marks belong to the word, so that decomposed text has the same words.
# Superscripts, vulgar fractions and letter-like signs (U+2070 to U+218B) count as letters in a regex; here they are
# symbols, so that "km²" is a word and a sign.
_SIGN = r"\u00b2\u00b3\u00b9\u00bc-\u00be\u2070-\u218b"
_TOKEN = re.compile(rf"(?P<number>[0-9]+)|(?P<word>(?:[^\W\d_{_SIGN}]|[\u0300-\u036f])+)|(?P<symbol>\S)")

# Edge tokens on both sides spare the readers every range check: they look at most this far.
MARGIN = 8


class Token(NamedTuple):
    """A run of digits, a run of letters or one other character.

    ``key`` is what tables are keyed by: NFC and lower case. ``spaced`` says that white space stands before it.
    """

    kind: TokenKind
    text: str
    key: str
    start: int
    end: int
    spaced: bool


class Source(NamedTuple):
    """A text with its tokens; ``ends`` has the ends of its words by their starts if it is segmented already."""

    text: str
    tokens: Sequence[Token]
    ends: Mapping[int, int] | None = None


def tokenize(text: str) -> list[Token]:
    """Tokens of ``text`` in order, between ``MARGIN`` edge tokens on either side; linear in ``len(text)``."""
    composed = unicodedata.is_normalized("NFC", text)
    tokens = [Token("edge", "", "", 0, 0, True)] * MARGIN
    last = 0
    for match in _TOKEN.finditer(text):
        surface = match.group()
        key = surface.lower()
        if not composed:
            key = unicodedata.normalize("NFC", key)
        start, end = match.span()
        tokens.append(Token(_KINDS[match.lastgroup or ""], surface, key, start, end, start > last or start == 0))
        last = end
    tokens.extend([Token("edge", "", "", len(text), len(text), True)] * MARGIN)
    return tokens


_KINDS: dict[str, TokenKind] = {"number": "number", "word": "word", "symbol": "symbol"}


def follows(tokens: Sequence[Token], index: int, *keys: str) -> bool:
    """Whether the tokens from ``index`` on have these keys."""
    return all(tokens[index + offset].key == key for offset, key in enumerate(keys))


def is_joined(tokens: Sequence[Token], index: int) -> bool:
    """Whether token ``index`` stands right after the token before it, with no white space between."""
    return not tokens[index].spaced and tokens[index - 1].kind != "edge"


def is_capital(token: Token) -> bool:
    """Whether a word begins with a capital letter."""
    return token.kind == "word" and token.text[0].isupper()


def is_lower_word(token: Token) -> bool:
    """Whether a token is a word without a capital at its head."""
    return token.kind == "word" and not token.text[0].isupper()
