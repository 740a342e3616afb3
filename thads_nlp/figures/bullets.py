"""Key figures as short statements that can be printed, in the article's own words.

A bullet is put together from the clause parts that hold its figures: the measure first, then each figure with the
words that govern it, then what it is compared with. What does not hold the rules of ``is_printable`` is put more
briefly, and left out if that fails too. Another maker (a model's statements) may be asked first: what it says is taken
where it holds the same rules and says more.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from thads_nlp.figures.baselines import find_baselines
from thads_nlp.figures.excerpts import LIMITS, excerpts, is_torso, natural_end
from thads_nlp.figures.listing import list_commas
from thads_nlp.figures.openings import without_lead
from thads_nlp.figures.phrases import Words, syllables
from thads_nlp.figures.printable import is_printable
from thads_nlp.figures.ranking import key_groups
from thads_nlp.figures.stretches import Text
from thads_nlp.figures.tails import tail
from thads_nlp.schema import Article, Bullet, KeyFigure, canonical
from thads_nlp.text.normalize import compare_key
from thads_nlp.text.segment import segment_words

MAX_BULLETS = 6
# What a clause says behind its last figure is printed up to here.
MAX_CLAUSE_CHARS = 90
# A sentence up to here is printed whole.
MAX_WHOLE_CHARS = 150

# Writes the statement of a figure group, or None; the text is checked before it is taken.
StatementMaker = Callable[[Sequence[KeyFigure], Article], "str | None"]

# A measure with fewer words names no one's amount ("giá tiền: 2 triệu đồng").
FEWEST_MEASURE_WORDS = 4
_HAPPENED = re.compile(
    r"\b(?:được|bị|chết|tử vong|thiệt mạng|thương|mất tích|mắc|dương tính|có|tham gia)\b", re.IGNORECASE
)
_IS_CLAUSE = re.compile(r"\b(?:sẽ|thì|là|bị|được|đã|đang|mà)\b|\bvà\b(?!.* của )", re.IGNORECASE)
_SAID = {"up": "tăng", "down": "giảm"}
# Hedges as the article has them, right before a figure.
_HEDGE = re.compile(
    r"\b(?:hơn|gần|khoảng|trên|dưới|ước|chừng|xấp xỉ|tối đa|tối thiểu|ít nhất|nhiều nhất|không quá|chưa đến|chưa tới"
    r"|chưa đầy|ngót|trên dưới|quá)\s+$",
    re.IGNORECASE,
)
# What a length of time says nothing without: "8 năm tù", "4 năm liên tiếp".
_OF_TIME = re.compile(r"\s+(?:tù(?: giam| treo)?|liên tiếp|liên tục)\b", re.IGNORECASE)
_BREAK = re.compile(r"[;:\[\]…]|,(?!\d)|\.\s|(?<=[^\WA-ZĐ\d_]\s)[-–—]\s(?=[A-ZĐ\d]|tăng|giảm|đạt)")
# What ties a figure to the one before: a dash, or a comparison whose value it gives ("so với năm trước (87,5%").
_TIED = re.compile(r"\s*[-–]\s*|\s+so với [^,;.()]{2,70}\(")
# A count that goes on a list begun in another clause: "(… chết tại huyện B), huyện C và 17 người bị thương".
_LISTED = re.compile(r"\bvà\s+((?:(?:hơn|gần|khoảng|trên|dưới|ước|chừng|ít nhất|không quá)\s+)?)$", re.IGNORECASE)
# A label with a part that only goes on ("X: với 25%"), and characters by which the heads of statements are compared.
_LOOSE_PART = re.compile(r": (?:với|tại|ở|trong|từ|của|và)\b")
_OPENING = 12
# Characters of a sentence that hold who reports it and how what is reported opens.
_SENTENCE_HEAD = 400
# Words that cannot close a statement.
_TRAILING = re.compile(
    r"(?:,?\s+(?:của|với|cho|tại|ở|và|hoặc|do|là|trong|từ|đến|vào|so|mức|theo|về|khi|để|như"
    r"|như sau|gồm|bao gồm|gồm có|kể|tính|cũng nằm|nằm|nơi|nhằm|bởi|mà|nếu|cùng|sau khi|trước khi))+$",
    re.IGNORECASE,
)
# Share of a measure's words that a clause must have to name it.
NAMED_SHARE = 0.6


@dataclass(frozen=True, slots=True)
class _Part:
    """A stretch ``[start, end)`` of the sentence that states one figure.

    ``bracketed``: an open bracket begins it; ``contiguous``: nothing parts it from the figure before it.
    """

    start: int
    end: int
    bracketed: bool
    contiguous: bool


def make_bullets(
    figures: Sequence[KeyFigure], article: Article, maker: StatementMaker | None = None, *, plain_values: bool = False
) -> tuple[Bullet, ...]:
    """At most six statements of the key figures, the best first; each names all figures that it states.

    Args:
        figures: all figures of the article, ranked.
        article: the article as read.
        maker: asked first for a statement of each group; what it says must hold the same rules.
        plain_values: print canonical values ("6068000000000 VND") instead of the article's spelling.
    """
    groups = key_groups(figures)[:MAX_BULLETS]
    told = {group: _statement([figures[i] for i in group], article, maker) for group in groups}
    bullets: list[Bullet] = []
    for group in _joint(told, figures, article):
        text, chosen = told[group], [figures[i] for i in group]
        if text and all(text.casefold() != bullet.text.casefold() for bullet in bullets):
            bullets.append(Bullet(_with_values(text, chosen) if plain_values else text, group))
    return tuple(bullets)


def _joint(
    told: dict[tuple[int, ...], str | None], figures: Sequence[KeyFigure], article: Article
) -> list[tuple[int, ...]]:
    """The groups of ``told``; one without a statement is told with another of its sentence where both have one."""
    groups = list(told)
    for group in [group for group in groups if told[group] is None]:
        if group not in groups:
            continue
        sentence = figures[group[0]].sentence_index
        for other in [other for other in groups if other != group and figures[other[0]].sentence_index == sentence]:
            both = tuple(sorted((*group, *other)))
            if text := _statement([figures[i] for i in both], article, None):
                told[both] = text
                groups[groups.index(other)] = both
                groups.remove(group)
                break
    return groups


def unstated(figures: Sequence[KeyFigure], article: Article) -> tuple[tuple[KeyFigure, ...], ...]:
    """Key groups for which the grammar has no statement, or measure and figure alone: another maker may say more."""
    groups = [tuple(figures[i] for i in group) for group in key_groups(figures)[:MAX_BULLETS]]
    return tuple(group for group in groups if _statement(group, article, None) in (None, _tidy(_brief(group))))


def _statement(figures: Sequence[KeyFigure], article: Article, maker: StatementMaker | None) -> str | None:
    """The best statement of a group that can be printed; None if none can."""
    full = _tidy(_composed(figures, article))
    stretches = _excerpts(figures, article)
    whole = _tidy(_whole(figures, article))
    short = [text for text in (whole, *stretches) if len(text) <= MAX_WHOLE_CHARS]
    full = full if _is_rounded(figures) else ""
    told = full if any(figure.direction for figure in figures) else ""
    candidates = [*short, told, whole, *stretches, full, _tidy(_brief(figures))]
    said = maker(figures, article) if maker else None
    if said and len(said) > len(full):
        candidates.insert(0, _tidy(said))
    return next((text for text in candidates if is_printable(text, figures) and _has_subject(text, figures)), None)


def _has_subject(text: str, figures: Sequence[KeyFigure]) -> bool:
    """Whether a statement opens as its sentence does, or drops neither its subject nor a condition before it."""
    opening = text[:_OPENING].casefold()
    heads = _tidy(without_lead(figures[0].sentence[:_SENTENCE_HEAD])).casefold()
    if heads.startswith(opening):
        return _LOOSE_PART.search(text) is None
    return not (is_torso(text, 0) or LIMITS.match(heads) or _LOOSE_PART.search(text))


def _is_rounded(figures: Sequence[KeyFigure]) -> bool:
    """Whether the phrase of the last figure ends before another number comes, so that parts of it are no torso."""
    sentence, text = figures[-1].sentence, figures[-1].text
    return natural_end(sentence, sentence.find(text) + len(text)) is not None


def _whole(figures: Sequence[KeyFigure], article: Article) -> str:
    """The sentence itself without its opening conjunction; "" for captions and questions."""
    sentence = article.sentences[figures[0].sentence_index]
    asked = sentence.section != "body" or sentence.text.endswith("?")
    return "" if asked else without_lead(sentence.text)


def _excerpts(figures: Sequence[KeyFigure], article: Article) -> list[str]:
    """Stretches of the sentence that hold all figures, the fullest first; none of captions and questions."""
    sentence = article.sentences[figures[0].sentence_index]
    if sentence.section != "body" or sentence.text.endswith("?"):
        return []
    found = excerpts(sentence.text, [figure.text for figure in figures])
    return [_tidy(_with_baseline(without_lead(text).strip(), figures)) for text in found]


def _clause_end(sentence: str, end: int) -> int:
    """End of the clause that goes on behind ``end``, where it is near and states no further number; else ``end``."""
    mark = _BREAK.search(sentence, end)
    stop = mark.start() if mark else len(sentence)
    rest = sentence[end:stop]
    far = stop - end > MAX_CLAUSE_CHARS or any(char.isdigit() for char in rest)
    return end if far or "(" in rest or ")" in rest else stop


def _composed(figures: Sequence[KeyFigure], article: Article) -> str:
    """The clause parts of all figures as the sentence has them, each after its measure where it does not name it."""
    sentence = article.sentences[figures[0].sentence_index].text
    spans = _spans(sentence, figures)
    if spans is None:
        return ""
    view = Text(sentence, syllables(sentence), Words.of(segment_words(sentence)), ())
    pieces: list[str] = []
    floor = 0
    for index, figure in enumerate(figures):
        after = spans[index + 1][0] if index + 1 < len(spans) else None
        part = _part(view, spans[index], floor, figure, after)
        floor = part.end
        pieces.append(_piece(sentence, part, figure, figures[index - 1] if index else None))
        if after is None and (stop := _clause_end(sentence, part.end)) > part.end:
            pieces[-1] += sentence[part.end : stop] if not part.bracketed else ""
        if part.contiguous and pieces[-1].count("(") > pieces[-1].count(")"):
            pieces[-1] += ")"
    return _with_baseline(_joined(pieces), figures)


def _piece(sentence: str, part: _Part, figure: KeyFigure, before: KeyFigure | None) -> str:
    """One part as printed: without conjunctions, after its measure where neither it nor the figure before names it."""
    if part.contiguous:
        return sentence[part.start : part.end]
    text = without_lead(sentence[part.start : part.end].strip())
    measure = figure.measure or ""
    said = " " not in measure or _repeats_unit(figure) or (before is not None and before.measure == measure)
    if not said and not _names(text, measure):
        text = f"{measure}: {text}"
    return f"({text})" if part.bracketed and before is not None else text


def _names(text: str, measure: str) -> bool:
    """Whether a part has most of a measure's words."""
    words = compare_key(measure).split()
    said = set(compare_key(text).split())
    return sum(word in said for word in words) >= NAMED_SHARE * len(words)


def _spans(sentence: str, figures: Sequence[KeyFigure]) -> list[tuple[int, int]] | None:
    """Where the figures stand in their sentence."""
    spans: list[tuple[int, int]] = []
    for figure in figures:
        start = sentence.find(figure.text, spans[-1][1] if spans else 0)
        if start < 0:
            return None
        spans.append((start, start + len(figure.text)))
    return spans


def _part(view: Text, span: tuple[int, int], floor: int, figure: KeyFigure, after: int | None) -> _Part:
    """The clause part of one figure: from the mark or part before it to the end of its noun."""
    start, end = span
    if timed := _OF_TIME.match(view.sentence, end):
        end = timed.end()
    rest = tail(view, end, after)
    if rest and view.sentence[end:].lstrip().startswith(rest):
        end = view.sentence.index(rest, end) + len(rest)
    first, bracketed = _clause_start(view.sentence, floor, start, list_commas(view.sentence))
    tied = _TIED.fullmatch(view.sentence[floor:start]) is not None
    if floor and (first == floor or tied):
        first = floor
        return _Part(first, end, bracketed=False, contiguous=True)
    listed = _LISTED.search(view.sentence, first, start)
    return _Part(listed.start(1) if listed else first, end, bracketed, contiguous=False)


def _clause_start(sentence: str, floor: int, start: int, listing: frozenset[int]) -> tuple[int, bool]:
    """Where the clause of a figure begins, and whether an open bracket begins it; closed brackets are passed over."""
    depth = 0
    for place in range(start - 1, floor - 1, -1):
        char = sentence[place]
        if char == ")":
            depth += 1
        elif char == "(" and depth:
            depth -= 1
        elif char == "(":
            return place + 1, True
        elif not depth and place not in listing and _BREAK.match(sentence, place):
            return place + 1, False
    return floor, False


def _brief(figures: Sequence[KeyFigure]) -> str:
    """Measure and figures alone; a plan is told in the article's words or not at all."""
    if any(figure.role == "target" for figure in figures):
        return ""
    measure = next((figure.measure for figure in figures if figure.measure), None)
    if measure is None or all(_says_only_unit(figure) for figure in figures):
        return ""
    fewest = FEWEST_MEASURE_WORDS - any(figure.direction for figure in figures)
    if len(measure.split()) < fewest or _IS_CLAUSE.search(measure) or is_torso(measure, 0):
        return ""
    if all(_is_thing(figure) for figure in figures):
        return ""
    pieces = []
    for index, figure in enumerate(figures):
        words = (_said(figure), _hedge(figure), _counted(figure, measure))
        piece = " ".join(word for word in words if word)
        named = index > 0 and figure.measure and figure.measure != figures[index - 1].measure
        pieces.append(f"{figure.measure}: {piece}" if named else piece)
    said = ", ".join(pieces)
    return _with_baseline(said if _repeats_unit(figures[0]) else f"{measure}: {said}", figures)


def _is_thing(figure: KeyFigure) -> bool:
    """Whether a measure only names what is counted, and not what happened to it: "3 bị cáo khác"."""
    return _repeats_unit(figure) and _HAPPENED.search(figure.measure or "") is None


def _said(figure: KeyFigure) -> str:
    """The word of change before a figure; a multiple has "gấp"."""
    if figure.direction == "up" and figure.unit == "lần":
        return "" if figure.text.lower().startswith("gấp") else "gấp"
    return _SAID.get(figure.direction or "", "")


def _hedge(figure: KeyFigure) -> str:
    """The hedge of a figure in the article's words; "" where it has none right before it."""
    place = figure.sentence.find(figure.text)
    match = _HEDGE.search(figure.sentence, 0, place) if figure.approx and place > 0 else None
    return match.group().strip() if match else ""


def _repeats_unit(figure: KeyFigure) -> bool:
    """Whether a measure is the counted noun with what follows it: "chức danh trưởng phòng" of "76 chức danh"."""
    measure, unit = compare_key(figure.measure or ""), compare_key(figure.unit)
    return bool(unit) and measure.startswith(f"{unit} ") and compare_key(figure.text).endswith(unit)


def _counted(figure: KeyFigure, measure: str) -> str:
    """A figure's text with the rest of its noun, where that is its measure."""
    named = figure.measure == measure and _repeats_unit(figure)
    timed = _OF_TIME.match(figure.sentence, figure.sentence.find(figure.text) + len(figure.text))
    if timed and not named:
        return f"{figure.text}{timed.group()}"
    return f"{figure.text} {' '.join(measure.split()[len(figure.unit.split()):])}" if named else figure.text


def _says_only_unit(figure: KeyFigure) -> bool:
    """Whether a level's measure repeats its unit: "trường hợp: 106 trường hợp"."""
    words = set(compare_key(figure.measure or "").split())
    return figure.direction is None and words <= set(compare_key(figure.text).split())


def _with_baseline(text: str, figures: Sequence[KeyFigure]) -> str:
    """The statement closed by what its changes are compared with, where it does not say so."""
    baselines = list(dict.fromkeys(figure.baseline for figure in figures if figure.baseline))
    if len(baselines) != 1 or baselines[0] in text or find_baselines(text, ()) or figures[-1].direction is None:
        return text
    return f"{_TRAILING.sub('', text.rstrip(' .,;'))} so với {baselines[0]}"


def _joined(pieces: Sequence[str]) -> str:
    """Pieces as one statement; brackets follow without a comma."""
    text = pieces[0]
    for piece in pieces[1:]:
        if piece.startswith((" ", "/")):
            text += piece
            continue
        text, piece = _TRAILING.sub("", text).rstrip(" ,"), piece.lstrip(" ,")
        text += f" {piece}" if piece.startswith(("(", "so với")) else f", {piece}"
    return _TRAILING.sub("", text)


def _with_values(text: str, figures: Sequence[KeyFigure]) -> str:
    """Canonical values in place of the article's spellings."""
    for figure in figures:
        high = "" if figure.value_high is None else f"..{canonical(figure.value_high)}"
        text = text.replace(figure.text, f"{canonical(figure.value)}{high} {figure.unit}".strip(), 1)
    return text


def _tidy(text: str) -> str:
    """One line, opened with a capital, without a mark at its end."""
    text = _TRAILING.sub("", re.sub(r"\s+", " ", text).strip(" ,;:.-–")).strip(" ,;:.-–")
    text = re.sub(r"\s+([,;:.)])", r"\1", text)
    return text[:1].upper() + text[1:]
