"""Key figures as short statements that can be printed: the clause of the article that states them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from thads_nlp.schema import Article, Bullet, KeyFigure

MAX_BULLETS = 6
MAX_BULLET_CHARS = 220
_OPENING = re.compile(
    r"^(?:(?:nhờ đó|theo đó|tuy nhiên|bên cạnh đó|ngoài ra|cụ thể|trong đó|đồng thời|đặc biệt|trong khi đó|nhưng|song|"
    r"còn|và|riêng|do đó|mặc dù|dù)(?:,\s*|\s+))+",
    re.IGNORECASE,
)
_CUT = re.compile(r";\s+|,\s+(?=(?:trong đó|đồng thời|song|nhưng|tuy nhiên|còn)\b)|\.\s+")


def make_bullets(figures: Sequence[KeyFigure], article: Article) -> tuple[Bullet, ...]:
    """At most six statements of the key figures, the best first; each names all figures that it states."""
    groups: dict[int, list[int]] = {}
    for index, figure in enumerate(figures):
        if figure.key:
            groups.setdefault(figure.group, []).append(index)
    ranked = sorted(groups.values(), key=lambda group: (-max(figures[i].score for i in group), group[0]))
    bullets: list[Bullet] = []
    for group in ranked:
        text = _statement([figures[i] for i in group], article)
        if text and all(text != bullet.text for bullet in bullets):
            bullets.append(Bullet(text, tuple(group)))
    return tuple(bullets[:MAX_BULLETS])


def _statement(group: Sequence[KeyFigure], article: Article) -> str | None:
    """The clause with the group's figures, opened with its measure where the clause does not name it."""
    sentence = article.sentences[group[0].sentence_index].text
    first = sentence.find(group[0].text)
    last = sentence.find(group[-1].text, first) + len(group[-1].text)
    if first < 0:
        return None
    cuts = [0, *(match.end() for match in _CUT.finditer(sentence, 0, first))]
    stop = _CUT.search(sentence, last)
    clause = sentence[cuts[-1] : stop.start() if stop else len(sentence)].strip()
    clause = _OPENING.sub("", clause).rstrip(" .;,")
    measure = group[0].measure
    if measure and measure not in clause:
        clause = f"{measure}: {clause}"
    if len(clause) > MAX_BULLET_CHARS:
        clause = _short(group, measure)
    return clause[:1].upper() + clause[1:] if clause else None


def _short(group: Sequence[KeyFigure], measure: str | None) -> str:
    """Measure and figures alone, for clauses too long to print."""
    words = {"up": "tăng ", "down": "giảm ", None: ""}
    approx = {"over": "hơn ", "about": "khoảng ", "under": "gần ", None: ""}
    parts = [f"{words[f.direction]}{approx[f.approx]}{f.text}" for f in group]
    baseline = next((f" so với {f.baseline}" for f in group if f.baseline), "")
    text = f"{measure}: {', '.join(parts)}{baseline}" if measure else ""
    return text if len(text) <= MAX_BULLET_CHARS else ""
