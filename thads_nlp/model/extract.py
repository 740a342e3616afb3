"""Summary and headline made of the article's own sentences, for when no model is wanted or none may be shown."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from thads_nlp.model.openings import opens_outside
from thads_nlp.model.salience import Salience, measure_salience, syllable_count
from thads_nlp.model.select import sections
from thads_nlp.schema import Article, KeyFigure, Length, Sentence

# Syllables that a standard extract has at most, where a second sentence would go beyond it.
MAX_SYLLABLES = 90
# Beyond this a single sentence is cut at a clause, if it can be (p95 of the corpus' abstracts is 60).
LONG_SENTENCE = 80
MAX_LONG_PARTS = 10
MAX_TITLE_SYLLABLES = 20
# Weights of the sentence score.
_POSITION, _TITLE, _CENTRALITY, _FIGURE = 1.0, 1.0, 0.6, 0.3
_MIN_SYLLABLES = 10

# Openings that tie a sentence to the one before and can be cut off, the rest standing by itself.
_CONNECTIVE = re.compile(
    r"(?:Nhờ đó|Nhờ vậy|Theo đó|Do đó|Do vậy|Vì vậy|Vì thế|Tuy nhiên|Tuy vậy|Bên cạnh đó|Ngoài ra|Cụ thể|Cùng với đó|"
    r"Trong đó|Trong khi đó|Đồng thời|Đặc biệt|Mặt khác|Song song với đó|Qua đó|Từ đó|Hơn nữa|Trước đó|Sau đó|Riêng)"
    r"(?: là)?\s*,\s*"
)
_CLAUSE_END = re.compile(r";\s|,\s(?=(?:đồng thời|nhưng|song|tuy nhiên|đạt|còn)\b)")
_PARENTHESIS = re.compile(r"\s*\([^()]*\)")
_PERIOD = (
    r"(?:(?:đầu|cuối) năm \d{4}|(?:quý|tháng) [IVX\d]{1,3}(?:/\d{4}| năm \d{4})?|năm \d{4}"
    r"|\d{1,2} tháng(?: đầu)? năm \d{4})"
)
_TOPIC = re.compile(
    rf"\b((?:công tác|tình hình|hoạt động|kết quả|chương trình|chiến dịch) (?:\S+ ){{1,6}}?{_PERIOD})", re.IGNORECASE
)
# What a caption says of a picture, where a crawl made body text of it.
_CAPTION = re.compile(
    r"\((?:bìa |bên |ngoài cùng |ngồi |đứng )*(?:trái|phải)\)|\([^()]{0,30}\btừ (?:trái|phải)\b[^()]{0,30}\)"
    r"|\((?:ảnh|áo|ngoài cùng|giữa, )\b[^()]{0,30}\)|\bẢnh:\s",
    re.IGNORECASE,
)
# Numbers of numbered headings: "1.", "II.", "a)".
_NUMBERING = re.compile(r"(?:[IVX]{1,5}|\d{1,2}(?:\.\d{1,2})*|[a-zđ])[.)/]\s+")


@dataclass(frozen=True, slots=True)
class Extract:
    """Text of the extract and the indices of the sentences it was taken from; empty where none is fit."""

    text: str
    sentences: tuple[int, ...]


def extract_summary(article: Article, length: Length, figures: Sequence[KeyFigure] = ()) -> Extract:
    """Whole sentences of the article in its order: one (short), up to three (standard) or one a section (long)."""
    salience = measure_salience(article)
    fit = [sentence for sentence in article.sentences if _is_fit(sentence)]
    scores = {s.index: _score(s, salience, figures) for s in fit}
    if length == "long":
        chosen = _one_a_section(article, fit, scores)
    else:
        chosen = _greedy(fit, scores, salience, 1 if length == "short" else 3)
    parts = [_standalone(sentence.text) for sentence in chosen]
    return Extract(" ".join(parts), tuple(sentence.index for sentence in chosen))


def extract_title(article: Article, figures: Sequence[KeyFigure] = ()) -> str | None:
    """A headline in the article's words: its topic and first telling heading, else its best sentence made short."""
    headings = [_NUMBERING.sub("", s.text, count=1) for s in article.sentences if s.section == "heading"]
    topic = _topic(article)
    for heading in headings:
        text = f"{topic}: {heading[:1].upper()}{heading[1:]}" if topic else heading
        telling = syllable_count(heading) >= 5 and syllable_count(text) <= MAX_TITLE_SYLLABLES + 6
        if telling and not opens_outside(heading):
            return text
    salience = measure_salience(article)
    fit = [sentence for sentence in article.sentences if _is_fit(sentence)]
    for sentence in sorted(fit, key=lambda s: -_score(s, salience, figures)):
        headline = _headline(_standalone(sentence.text))
        if headline and not opens_outside(headline):
            return headline
    return None


def _is_fit(sentence: Sentence) -> bool:
    """A body sentence that can be printed alone: closed, no question, caption or quote, pointing at nothing outside."""
    text = _standalone(sentence.text)
    if _CAPTION.search(text):
        return False
    if sentence.section != "body" or syllable_count(text) < _MIN_SYLLABLES or not text.endswith((".", "…")):
        return False
    if text[:1] in "\"'-" or text.count('"') % 2 or text.count("(") != text.count(")"):
        return False
    return text[:1].isupper() and not opens_outside(text)


def _score(sentence: Sentence, salience: Salience, figures: Sequence[KeyFigure]) -> float:
    """How much a summary gains by the sentence."""
    index = sentence.index
    keys = sum(figure.key and figure.sentence_index == index for figure in figures)
    over = max(0, syllable_count(sentence.text) - 60) / 60
    return (
        _POSITION * salience.position[index]
        + _TITLE * salience.title[index]
        + _CENTRALITY * salience.centrality[index]
        + _FIGURE * min(keys, 3)
        - 0.4 * over
    )


def _greedy(fit: Sequence[Sentence], scores: dict[int, float], salience: Salience, most: int) -> list[Sentence]:
    """The best sentence, then the best that say something else while they fit."""
    chosen: list[Sentence] = []
    used = 0
    for sentence in sorted(fit, key=lambda s: (-scores[s.index], s.index)):
        size = syllable_count(_standalone(sentence.text))
        if len(chosen) == most or (chosen and used + size > MAX_SYLLABLES):
            continue
        if any(_same(salience, sentence.index, other.index) for other in chosen):
            continue
        chosen.append(sentence)
        used += size
        if most > 1 and len(chosen) == 2:
            most = 2 if used > MAX_SYLLABLES * 0.6 else most
    return sorted(chosen, key=lambda s: s.index)


def _same(salience: Salience, one: int, other: int) -> bool:
    """Whether more than half of the shorter sentence's content is in the other."""
    first, second = salience.content[one], salience.content[other]
    return len(first & second) > 0.5 * max(1, min(len(first), len(second)))


def _one_a_section(article: Article, fit: Sequence[Sentence], scores: dict[int, float]) -> list[Sentence]:
    """The best fit sentence of each section, or of each stretch where there are no headings."""
    by_index = {sentence.index: sentence for sentence in fit}
    groups = [[by_index[s.index] for s in group if s.index in by_index] for group in sections(article.sentences)]
    if len(groups) < 2:
        step = max(4, len(fit) // MAX_LONG_PARTS + 1)
        groups = [list(fit[i : i + step]) for i in range(0, len(fit), step)]
    best = [max(group, key=lambda s: scores[s.index]) for group in groups if group]
    return best[:MAX_LONG_PARTS]


def _standalone(text: str) -> str:
    """The sentence without a connective at its head, and cut at a clause where it is over-long."""
    match = _CONNECTIVE.match(text)
    if match and match.end() < len(text):
        text = text[match.end() :]
        text = text[:1].upper() + text[1:]
    if syllable_count(text) <= LONG_SENTENCE:
        return text
    cuts = [m.start() for m in _CLAUSE_END.finditer(text) if 12 <= syllable_count(text[: m.start()]) <= LONG_SENTENCE]
    cuts = [cut for cut in cuts if text[:cut].count("(") == text[:cut].count(")") and text[:cut].count('"') % 2 == 0]
    return text[: cuts[-1]] + "." if cuts else text


def _topic(article: Article) -> str | None:
    """What the article is about with its period, verbatim: "Công tác … quý III năm 2020"."""
    for sentence in article.sentences[:6]:
        match = _TOPIC.search(sentence.text)
        if match and syllable_count(match.group(1)) <= 12 and "," not in match.group(1):
            return match.group(1)[:1].upper() + match.group(1)[1:]
    return None


def _headline(text: str) -> str | None:
    """A sentence made a headline: no parentheses, no attribution, its first clauses up to the length of a title."""
    bare = _PARENTHESIS.sub("", text).rstrip(".… ")
    parts = re.split(r"(?<=[,;]) ", bare)
    while len(parts) > 1 and (syllable_count(parts[0]) < 5 or _is_adverbial(parts[0])):
        parts = parts[1:]
    out = ""
    for part in parts:
        if out and syllable_count(f"{out} {part}") > MAX_TITLE_SYLLABLES:
            break
        out = f"{out} {part}".strip()
    out = out.rstrip(",;: ")
    if not 5 <= syllable_count(out) <= MAX_TITLE_SYLLABLES + 5 or out.count('"') % 2:
        return None
    return out[:1].upper() + out[1:]


def _is_adverbial(part: str) -> bool:
    """Whether a clause only says when, where or by whom it was said."""
    head = part.split(" ", 1)[0].lower()
    words = {"theo", "tại", "trong", "ngày", "sáng", "chiều", "tối", "sau", "trước", "đến", "tính", "từ", "với", "năm"}
    if part.lower().startswith(("bắt đầu từ", "kể từ", "vào ")):
        return True
    return head in words or part.rstrip(",;").endswith(("cho biết", "cho hay", "nhấn mạnh", "khẳng định"))
