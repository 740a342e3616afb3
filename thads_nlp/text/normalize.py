"""Keys for comparison, cleaned surfaces with their places, and corpus text back to print.

The article's text itself is never changed: cleaning gives a second surface whose offsets lead back.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

# Characters without width or meaning for reading: zero-width and direction marks, soft hyphen, BOM, C0/C1 controls.
_DROPPED = dict.fromkeys(
    [0x00AD, 0x061C, 0x180E, *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2070), 0xFEFF]
    + [code for code in range(0x20) if code not in (0x09, 0x0A)]
    + list(range(0x7F, 0xA0))
)
_SPACES = dict.fromkeys([0x09, 0x00A0, 0x1680, *range(0x2000, 0x200B), 0x202F, 0x205F, 0x3000], " ")
_QUOTES = {ord(c): '"' for c in "“”„‟«»″＂"} | {ord(c): "'" for c in "‘’‚‛′＇`´"}
_DASHES = {ord(c): "-" for c in "‐‑‒–—―−﹣－"}
_ALIKE = _SPACES | _QUOTES | _DASHES
_CLEANED = _ALIKE | _DROPPED

# Tone marks as combining characters: grave, acute, tilde, hook above, dot below.
_TONES = "\u0300\u0301\u0303\u0309\u0323"
_GLIDE_NUCLEI = ("oa", "oe", "uy")


@dataclass(frozen=True, slots=True)
class Cleaned:
    """Cleaned text; ``offsets`` give each character's place in the raw text, None where all are ``start + i``."""

    text: str
    offsets: tuple[int, ...] | None


def clean(raw: str, start: int) -> Cleaned:
    """Unify look-alike spaces, quotes and dashes and drop what has no width; ``start`` is the raw text's offset."""
    text = raw.translate(_CLEANED)
    if len(text) == len(raw):
        return Cleaned(text, None)
    kept = [start + i for i, char in enumerate(raw) if ord(char) not in _DROPPED]
    return Cleaned(text, tuple(kept))


def compare_key(text: str) -> str:
    """What two spellings of one text share: case, tone placement, quotes, dashes and spaces folded.

    "hoà" and "hòa", "thuỷ" and "thủy" give one key; "quý" and "quỷ" two.
    """
    folded = unicodedata.normalize("NFC", text.translate(_CLEANED)).casefold()
    return " ".join(_word_key(word) for word in folded.split())


@lru_cache(maxsize=65_536)
def _word_key(word: str) -> str:
    """A word with the tone of each syllable's glide nucleus moved to its first letter."""
    if word.isascii():
        return word
    return _SYLLABLE_END.sub(_old_placement, word)


_ACCENTED = "".join(unicodedata.normalize("NFC", vowel + tone) for vowel in "aey" for tone in _TONES)
# "oà", "oẻ", "uỷ" closing a syllable (an open syllable is where the two conventions differ); "qu" is a consonant.
_SYLLABLE_END = re.compile(rf"(?<!q)([ou])([{_ACCENTED}])(?![^\W_])")


def _old_placement(match: re.Match[str]) -> str:
    """Turn "oà" to "òa"."""
    glide, vowel = match.group(1), unicodedata.normalize("NFD", match.group(2))
    if glide + vowel[0] not in _GLIDE_NUCLEI:
        return match.group(0)
    return unicodedata.normalize("NFC", glide + vowel[1]) + vowel[0]


_NO_SPACE_BEFORE = re.compile(r"\s+([,.;:!?)\]}%…”’»])")
_NO_SPACE_AFTER = re.compile(r"([(\[{“‘«])\s+")
_SLASH = re.compile(r"\s*/\s*(?=\S)")
_RUN = re.compile(r"\s+")


def desegment(text: str) -> str:
    """Word-segmented text ("Cơ_quan điều_tra cho biết , ngày 5/7 .") as it is printed.

    Spaces around straight quotes are set by pairing them; an odd one is left as it stands.
    """
    plain = _NO_SPACE_BEFORE.sub(r"\1", _RUN.sub(" ", text.replace("_", " ")))
    plain = _SLASH.sub("/", _NO_SPACE_AFTER.sub(r"\1", plain))
    return _RUN.sub(" ", _pair_quotes(plain)).strip()


def _pair_quotes(text: str) -> str:
    """Straight double quotes: none inside the space they enclose, one outside."""
    parts = text.split('"')
    if len(parts) % 2 == 0:
        return text
    out = parts[0]
    for number, part in enumerate(parts[1:]):
        opening = number % 2 == 0
        if opening:
            lead = out.rstrip(" ")
            out = (lead + (" " if lead and lead[-1] not in "([{" else "")) + '"' + part.strip(" ")
        else:
            out += '"' + part
    return out
