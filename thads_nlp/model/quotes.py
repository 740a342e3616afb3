"""Quoted text of a hypothesis: what somebody is said to have said must be verbatim.

Punctuation, case and what an ellipsis leaves out do not count, nor where the article ends a sentence. Up to
``MANNER_WORDS`` words in small letters are a manner of speaking ("ông trùm", "mây mưa"), the writer's own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from thads_nlp.model.source import SourceIndex
from thads_nlp.model.tokens import Token, tokenize
from thads_nlp.schema import Claim, Evidence

MANNER_WORDS = 2
_QUOTED = re.compile(r"\"([^\"]{2,600})\"|(?<![^\s(])'([^']{2,400})'(?!\w)")
_PARTS = re.compile(r"\.{2,}|…|\[[^\]]*\]|\(\.*\)|(?<=[.!?;])\s")


def find_quotes(text: str, source: SourceIndex) -> Iterator[Claim | Evidence]:
    """Each quotation of a cleaned text refused or tied to its place."""
    for match in _QUOTED.finditer(text):
        group = 1 if match.group(1) else 2
        tokens = tokenize(match.group(group))
        if not tokens:
            continue
        place = source.find([token.key for token in tokens])
        if place is not None:
            yield Evidence(match.start(group), match.end(group), *source.offsets(place), "quote")
        elif not _is_manner(tokens) and not _in_parts(match.group(group), source):
            yield Claim(match.group(0), "quote")


def _in_parts(quoted: str, source: SourceIndex) -> bool:
    """Whether all parts that ellipses and sentence ends leave stand in the article in their order."""
    after = 0
    for part in _PARTS.split(quoted):
        keys = [token.key for token in tokenize(part or "")]
        if not keys:
            continue
        place = next((span for span in source.runs(keys) if span.start >= after), None)
        if place is None:
            return False
        after = place.end
    return True


def _is_manner(tokens: Sequence[Token]) -> bool:
    """Whether few words are the writer's own way to say it."""
    return len(tokens) <= MANNER_WORDS and all(token.text.isalpha() and not token.is_capital for token in tokens[1:])
