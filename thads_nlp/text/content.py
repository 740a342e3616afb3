"""Whether a text is a Vietnamese article at all: a model writes fluently about anything it is given."""

from __future__ import annotations

import re
import unicodedata

from thads_nlp.errors import ContentError, LanguageError
from thads_nlp.schema import Article
from thads_nlp.text.decode import is_bare_syllable, is_syllable
from thads_nlp.text.lines import is_byline, is_heading

# Fewer words of running text are a caption or a notice, of which there is nothing to sum up.
FEWEST_WORDS = 40
# Words of a sentence of running text; rows of tables and lists have fewer.
SENTENCE_WORDS = 6
# Figures to words: news has up to 0.2, statistics in prose up to 0.4, price tables above 0.8.
MOST_FIGURES = 0.7
# Words with a mark: 0.6 to 0.75 in Vietnamese news, 0.4 in lists of foreign names; other languages' marked words
# are no Vietnamese syllables.
FEWEST_MARKED = 0.25
FEWEST_SYLLABLES = 0.6
LATIN_SHARE = 0.7
# Letters and words looked at.
_SAMPLE_WORDS = 2_000

_WORD = re.compile(r"[^\W\d_]+")
_FIGURE = re.compile(r"\d[\d.,]*")
_SEPARATOR = re.compile(r"(?:[^\w\s|]\s*){3,}$")


def check_article(article: Article) -> None:
    """Nothing for a Vietnamese article; short texts are not judged by their language.

    Raises:
        LanguageError: it is in another language or script, or in Vietnamese without tone marks.
        ContentError: it holds no running text of at least ``FEWEST_WORDS`` words.
    """
    words = [word.lower() for sentence in article.sentences for word in _WORD.findall(sentence.text)]
    _check_language(words[:_SAMPLE_WORDS])
    total = sum(_running_words(s.text) for s in article.sentences if s.section in ("body", "title"))
    if total < FEWEST_WORDS:
        raise ContentError(
            f"{total} words of running text were found, expected at least {FEWEST_WORDS}: a caption, notice or table"
        )


def _running_words(sentence: str) -> int:
    """Words of a sentence, 0 where it is a row of a table or of a list."""
    words, figures = len(_WORD.findall(sentence)), len(_FIGURE.findall(sentence))
    return words if words >= SENTENCE_WORDS and figures <= MOST_FIGURES * words else 0


def separated_parts(article: Article) -> int:
    """Parts of some length, each ended by a line of marks ("---", "* * *") or by a byline before another title."""
    words, parts = 0, 0
    lines = [line.strip() for line in article.text.split("\n") if line.strip()]
    for line, following in zip(lines, [*lines[1:], ""], strict=True):
        is_mark = _SEPARATOR.match(line) is not None
        words += 0 if is_mark else len(line.split())
        if is_mark or (is_byline(line, last=True) and is_heading(following)):
            parts += words >= FEWEST_WORDS
            words = 0
    return parts + (words >= FEWEST_WORDS)


def _check_language(words: list[str]) -> None:
    """LanguageError unless the words are written Vietnamese."""
    if len(words) < SENTENCE_WORDS:
        return
    latin = sum(_is_latin(word) for word in words)
    if latin < LATIN_SHARE * len(words):
        raise LanguageError(f"{len(words) - latin} of {len(words)} words are in another script, expected Vietnamese")
    marked = [word for word in words if not word.isascii()]
    syllables = sum(is_syllable(word) for word in marked)
    if len(marked) >= FEWEST_MARKED * len(words) and syllables >= FEWEST_SYLLABLES * len(marked):
        return
    if sum(is_bare_syllable(word) for word in words) >= 0.75 * len(words):
        raise LanguageError("Vietnamese without tone marks; restore them first, for words cannot be told apart")
    raise LanguageError(f"{syllables} of {len(words)} words are marked Vietnamese syllables: another language")


def _is_latin(word: str) -> bool:
    """Whether a word is written in Latin letters."""
    return word.isascii() or unicodedata.name(word[0], "").startswith("LATIN")
