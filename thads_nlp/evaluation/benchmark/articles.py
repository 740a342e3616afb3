"""The articles that all systems are given: samples or the user's own, cut and recombined to the lengths asked for."""

from __future__ import annotations

import itertools
import random
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from thads_nlp.errors import InputError, OptionError, ThadsError
from thads_nlp.schema import Article
from thads_nlp.text.decode import MAX_BYTES, decode
from thads_nlp.text.reading import read_article
from thads_nlp.training.data import good_pairs

SAMPLES = Path(__file__).resolve().parents[3] / "data" / "samples"
# Longest anchor in words by white space: a long news article.
ANCHOR_WORDS = 800
# So many words every system reads whole: the shipped model's window takes about 380 subwords of source.
EQUAL_WORDS = 200
# Shortest paragraph that is taken to be text.
PARAGRAPH_WORDS = 12
# Most articles taken from a data file.
MOST_ARTICLES = 200
SEED = 20


def read_texts(data: Path | None) -> tuple[str, ...]:
    """Bodies of articles without titles: the samples of the checkout (None), a ``.txt`` file, a folder of such files.

    Other files and folders are read as ``evaluate summaries`` reads them. What cannot be read is left out.

    Raises:
        OptionError: there are no samples here and no data was named.
        InputError: no article could be read.
    """
    if data is None and not SAMPLES.is_dir():
        raise OptionError(f"no samples at {SAMPLES}: name a file or folder of articles with --data")
    place = data or SAMPLES
    files = [place] if place.suffix == ".txt" else sorted(place.glob("*.txt"))
    found = _plain(files) if files else (pair.body for pair in good_pairs(place, Counter()))
    texts = tuple(itertools.islice(found, MOST_ARTICLES))
    if not texts:
        raise InputError(f"{place}: no article could be read; expected text files, or records with a body")
    return texts


def _plain(files: Sequence[Path]) -> Iterator[str]:
    """Texts of the files that are articles, titles left out."""
    for path in files:
        try:
            with path.open("rb") as stream:
                read = read_article(Article(decode(stream.read(MAX_BYTES + 1)).text))
        except (ThadsError, OSError):
            continue
        first = read.sentences[0]
        yield (read.text[first.end :] if first.section == "title" else read.text).strip()


def anchors(texts: Sequence[str], count: int, words: int = ANCHOR_WORDS) -> tuple[str, ...]:
    """So many articles of at most ``words`` words: the given ones, cut, then recombinations of rising length.

    Short and long ones alternate, so that any first few are like the whole.
    """
    given = [cut(text, words) for text in texts[:count]]
    missing = count - len(given)
    lengths = [words * (position + 1) // missing for position in range(missing)]
    made = [recombined(texts, length, position) for position, length in enumerate(lengths)]
    ordered = sorted([*given, *made], key=lambda text: len(text.split()))
    middle = ordered[len(ordered) // 4 :] + ordered[: len(ordered) // 4]
    return tuple(middle[0::2] + middle[1::2])


def series(texts: Sequence[str], words: int, count: int) -> tuple[str, ...]:
    """So many recombinations of exactly ``words`` words."""
    return tuple(recombined(texts, words, words * 1_000 + number) for number in range(count))


def recombined(texts: Sequence[str], words: int, seed: int) -> str:
    """Paragraphs of all texts in an order of their own, repeated where they do not suffice, cut to ``words`` words."""
    paragraphs = [line for text in texts for line in text.split("\n") if len(line.split()) >= PARAGRAPH_WORDS]
    if not paragraphs:
        raise InputError(f"no paragraph of at least {PARAGRAPH_WORDS} words was found to make articles of")
    rng = random.Random(SEED + seed)
    lines: list[str] = []
    size = 0
    while size < words:
        line = rng.choice(paragraphs) if len(lines) >= len(paragraphs) else _unused(rng, paragraphs, lines)
        lines.append(line)
        size += len(line.split())
    return cut("\n".join(lines), words)


def _unused(rng: random.Random, paragraphs: Sequence[str], used: Sequence[str]) -> str:
    """A paragraph that the article does not hold yet, any where it holds all."""
    left = [line for line in paragraphs if line not in used]
    return rng.choice(left or list(paragraphs))


def cut(text: str, words: int) -> str:
    """The first ``words`` words, lines kept; a line cut within ends in a full stop."""
    lines: list[str] = []
    left = words
    for line in text.split("\n"):
        parts = line.split()
        if len(parts) >= left:
            lines.append(" ".join(parts[:left]).rstrip(",;:.") + "." if len(parts) > left else line)
            break
        lines.append(line)
        left -= len(parts)
    return "\n".join(lines)
