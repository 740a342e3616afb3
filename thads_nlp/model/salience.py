"""How much of an article's content a sentence carries: word frequencies, position, title, figures."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from thads_nlp.schema import Article, Sentence
from thads_nlp.text.normalize import compare_key

_TOKEN = re.compile(r"[^\W_]+")
# Syllables that carry grammar, not content; frequent in every article of the corpus.
_FUNCTION = frozenset(
    (
        "và của là có cho các những được trong với đã để này đó ở khi không tại về từ ra đến sẽ cũng như "
        "người một hai theo trên do vào thì mà hay hoặc lại còn nhưng nên bị đang phải sau trước vì bởi qua "
        "rất nhiều ông bà anh chị việc nhất hơn cả năm ngày tháng số điều rằng nếu đây đều chỉ nhằm so cùng "
    ).split()
)


@dataclass(frozen=True, slots=True)
class Salience:
    """Scores of an article's sentences by index, each part between 0 and about 1."""

    centrality: tuple[float, ...]
    title: tuple[float, ...]
    position: tuple[float, ...]
    content: tuple[frozenset[str], ...]


def content_keys(text: str) -> tuple[str, ...]:
    """Comparison keys of the content syllables of a text, in order."""
    return tuple(key for key in _TOKEN.findall(compare_key(text)) if key not in _FUNCTION)


def syllable_count(text: str) -> int:
    """Syllables (and numbers) of a text."""
    return len(_TOKEN.findall(text))


def measure_salience(article: Article) -> Salience:
    """Scores of all sentences of an article; linear in its length."""
    keys = [content_keys(sentence.text) for sentence in article.sentences]
    counts = Counter(key for sentence in keys for key in sentence)
    bigrams = Counter(pair for sentence in keys for pair in set(pairwise(sentence)))
    title = frozenset(content_keys(article.title or ""))
    return Salience(
        tuple(_centrality(sentence, counts, bigrams) for sentence in keys),
        tuple(_overlap(sentence, title) for sentence in keys),
        tuple(_positions(article.sentences)),
        tuple(frozenset(sentence) for sentence in keys),
    )


def _centrality(keys: Sequence[str], counts: Counter[str], bigrams: Counter[tuple[str, str]]) -> float:
    """Mean log count of the sentence's bigrams over the article, damped for very short sentences."""
    if len(keys) < 2:
        return 0.0
    pairs = list(pairwise(keys))
    mean = sum(math.log(bigrams[pair]) for pair in pairs if bigrams[pair] > 0) / len(pairs)
    words = sum(math.log(1 + counts[key]) for key in keys) / len(keys) / 3.0
    return (mean + words) * min(1.0, len(keys) / 8)


def _overlap(keys: Sequence[str], title: frozenset[str]) -> float:
    """Share of the title's content syllables that the sentence has."""
    return len(title & set(keys)) / len(title) if title else 0.0


def _positions(sentences: Sequence[Sentence]) -> list[float]:
    """1 for the first body sentence, falling as 1 / (1 + n / 2)."""
    scores, body = [], 0
    for sentence in sentences:
        scores.append(1.0 / (1.0 + body / 2.0))
        body += sentence.section == "body"
    return scores
