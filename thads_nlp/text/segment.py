"""Sentences and words, each with its place. The only importer of underthesea."""

from __future__ import annotations

import importlib
import re
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from types import ModuleType

# Optional parts of underthesea that its package import tries; the translation part pulls in torch and transformers
# where those are installed (measured: 5.4 s and 594 MB against 0.7 s and 127 MB without).
_OPTIONAL = {
    "translate": "underthesea.pipeline.translate",
    "agent": "underthesea.agent",
    "classify": "underthesea.pipeline.classification",
    "sentiment": "underthesea.pipeline.sentiment",
    "lang_detect": "underthesea.pipeline.lang_detect",
    "dependency_parse": "underthesea.pipeline.dependency_parse",
    "convert_address": "underthesea.address",
}
_IMPORT_LOCK = threading.Lock()
_LOADING_LOCK = threading.Lock()
# Characters handed to the segmenter at once: keeps pathological lines linear and bounded in memory.
CHUNK_CHARS = 2_000
# Distinct sentences whose words are remembered: figures, model and verification ask for the same ones.
CACHED_SENTENCES = 4_096

_CLOSERS = "\"'”’»)]"
_OPENERS = "\"'“‘«(["
_ENDERS = ".!?…"
# Words before a full stop that does not end a sentence: titles, administrative and unit abbreviations.
_ABBREVIATIONS = frozenset(
    {
        "tp",
        "tx",
        "tt",
        "q",
        "p",
        "h",
        "x",
        "st",
        "bs",
        "ts",
        "ths",
        "th",
        "cn",
        "ks",
        "gs",
        "pgs",
        "pts",
        "lt",
        "ptl",
        "tr",
        "đ/c",
        "đc",
        "ô",
        "mr",
        "mrs",
        "ms",
        "dr",
        "vs",
        "no",
        "nxb",
        "tcn",
        "scn",
        "tl",
        "vd",
        "v.v",
        "jr",
        "sr",
        "inc",
        "ltd",
        "co",
        "corp",
        "kts",
        "ls",
        "nsnd",
        "nsưt",
        "ts.bs",
        "gs.ts",
        "pgs.ts",
        "bs.ts",
        "bs.ck",
        "ths.bs",
        "ubnd.tp",
    }
)
_INITIALS = re.compile(r"(?:[^\W\d_]{1,2}\.)*[^\W\d_]{1,2}")


@dataclass(frozen=True, slots=True)
class Span:
    """Start and end offsets of a sentence in its line."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a sentence: ``text`` is the slice ``[start:end]``, ``normal`` underthesea's spelling of it.

    Both have one space between syllables; ``normal`` has tone marks in one placement ("hòa bình" for "hoà bình").
    """

    text: str
    start: int
    end: int
    normal: str


def split_sentences(line: str) -> tuple[Span, ...]:
    """Sentences of one line, without the spaces between them; a line break always ends one before this is called.

    underthesea's own splitter merges headings with what follows and stops at initials, so boundaries are decided
    here: at ``. ! ? …`` (with closing quotes) before a space and something that can open a sentence, unless the
    stop belongs to an abbreviation, an initial or a number.
    """
    spans: list[Span] = []
    start = 0
    for end in _boundaries(line):
        spans.append(Span(start, end))
        start = end
    spans.append(Span(start, len(line)))
    return tuple(trimmed for span in spans if (trimmed := _trim(line, span)).start < trimmed.end)


@lru_cache(maxsize=CACHED_SENTENCES)
def segment_words(text: str) -> tuple[Word, ...]:
    """Words of one sentence in order; together they cover every character that is not a space."""
    words: list[Word] = []
    for offset, chunk in _chunks(text):
        words.extend(_align(chunk, offset, _tokenizer()(chunk)))
    return tuple(words)


def _boundaries(line: str) -> Iterator[int]:
    """Offsets after which a new sentence starts."""
    index, size = 0, len(line)
    while index < size:
        if line[index] not in _ENDERS:
            index += 1
            continue
        start = index
        while index < size and line[index] in _ENDERS:
            index += 1
        stop = line[start:index]
        while index < size and line[index] in _CLOSERS:
            index += 1
        if index < size and line[index] == " " and _ends_sentence(line, start, stop, index):
            yield index


def _ends_sentence(line: str, start: int, stop: str, after: int) -> bool:
    """Whether the stop marks at ``start`` end a sentence, ``after`` being the space behind them."""
    rest = line[after : after + 8].lstrip(" ")
    if not rest or not _can_open(rest):
        return False
    if stop != ".":
        return stop in {"!", "?", "!!", "!!!", "?!", "??", "???"} or rest[0].isupper() or rest[0] in _OPENERS
    word = _word_before(line, start)
    return not (word.lower() in _ABBREVIATIONS or (word[:1].isupper() and len(word) <= 3 and _INITIALS.fullmatch(word)))


def _can_open(rest: str) -> bool:
    """Whether text can open a sentence: a capital, a digit, an opening quote or a list dash."""
    head = rest.lstrip(_OPENERS + " -–—•*+")[:1]
    return bool(head) and (head.isupper() or head.isdigit() or not head.isalpha())


def _word_before(line: str, end: int) -> str:
    """Letters, digits, dots and slashes right before an offset (at most 12 characters back)."""
    start = end
    while start > max(0, end - 12) and (line[start - 1].isalnum() or line[start - 1] in "./"):
        start -= 1
    return line[start:end]


def _trim(line: str, span: Span) -> Span:
    """A span without spaces at its ends."""
    start, end = span.start, span.end
    while start < end and line[start].isspace():
        start += 1
    while end > start and line[end - 1].isspace():
        end -= 1
    return Span(start, end)


def _chunks(text: str) -> Iterator[tuple[int, str]]:
    """Pieces of at most CHUNK_CHARS with their offsets, cut at spaces where there are any."""
    start = 0
    while start < len(text):
        end = min(start + CHUNK_CHARS, len(text))
        if end < len(text):
            space = text.rfind(" ", start + 1, end)
            end = space if space > start else end
        yield start, text[start:end]
        start = end


def _align(chunk: str, offset: int, tokens: list[str]) -> Iterator[Word]:
    """Tie underthesea's tokens, whose tone marks it may have moved, back to the characters they came from.

    A syllable has as many characters as its surface; where that fails the surface up to the next space is taken.
    """
    position = 0
    for token in tokens:
        start, end = -1, position
        for syllable in token.split(" "):
            while end < len(chunk) and chunk[end].isspace():
                end += 1
            start = end if start < 0 else start
            end = min(end + len(syllable), len(chunk))
        if start < 0 or start >= len(chunk) or start == end:
            continue
        surface = chunk[start:end]
        yield Word(" ".join(surface.split()), offset + start, offset + end, token)
        position = end
    rest = chunk[position:]
    if rest.strip():
        lead = len(rest) - len(rest.lstrip())
        surface = rest.strip()
        yield Word(surface, offset + position + lead, offset + position + lead + len(surface), surface)


@lru_cache(maxsize=1)
def _tokenizer() -> Callable[[str], list[str]]:
    """Underthesea's word segmenter, loaded once: it shows its model to other threads before that is loaded."""
    tokenize: Callable[[str], list[str]] = _import_underthesea().word_tokenize
    with _LOADING_LOCK:
        tokenize("một")
    return tokenize


def _import_underthesea() -> ModuleType:
    """Import underthesea without its heavy optional parts; those load when somebody asks underthesea for them."""
    with _IMPORT_LOCK:
        if "underthesea" in sys.modules:
            return sys.modules["underthesea"]
        blocked = [path for path in _OPTIONAL.values() if path not in sys.modules]
        sys.modules.update(dict.fromkeys(blocked))  # type: ignore[arg-type]  # None makes Python refuse the import
        try:
            module = importlib.import_module("underthesea")
        finally:
            for path in blocked:
                sys.modules.pop(path, None)
        for name in _OPTIONAL:
            if module.__dict__.get(name, module) is None:
                delattr(module, name)
        module.__getattr__ = _optional_part  # type: ignore[method-assign]
        return module


def _optional_part(name: str) -> object:
    """The optional part of underthesea called ``name``, imported on demand."""
    if name not in _OPTIONAL:
        raise AttributeError(f"module 'underthesea' has no attribute {name!r}")
    return getattr(importlib.import_module(_OPTIONAL[name]), name)
