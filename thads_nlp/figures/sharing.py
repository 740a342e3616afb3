"""What clauses of a sentence share: a subject said once, the head of a list, the end of a name."""

from __future__ import annotations

from itertools import takewhile

from thads_nlp.figures.clauses import Clause, Scene, is_break
from thads_nlp.figures.measures import clause_subject, ends_in_report, has_report, subject

# A clause part that opens with one of these says when, where or why, not what.
_ADVERBIAL_HEADS = frozenset("trong tại theo đến tính từ với trên sau qua cùng ngoài nhờ do khi để".split())
# Syllables of a list's head that its items take over: "doanh thu" of "doanh thu của ba hãng".
MAX_HEAD_SYLLABLES = 4
_LISTS = frozenset({"là", "gồm", "như"})
_AMOUNTS = frozenset({"tỷ", "tỉ", "mức", "số", "doanh", "lợi", "giá", "tổng", "vốn", "lượng"})
_PASSED = frozenset({"đã", "đang", "sẽ", "vừa", "mới", "và"})


def part_start(scene: Scene, stop: int, *, brackets: bool = True) -> int:
    """Index where the clause part that ends at ``stop`` begins; ``brackets`` inside it are passed over."""
    first, depth = stop, 0
    while first > 0:
        mark = scene.items[first - 1].text
        if mark == ")" and brackets:
            depth += 1
        elif mark == "(" and depth:
            depth -= 1
        elif not depth and is_break(scene, first - 1):
            break
        first -= 1
    return first


def earlier_subject(scene: Scene, clause: Clause) -> str | None:
    """The subject in an earlier part of the sentence, where commas part it from its predicate."""
    if has_report(scene.text, clause.first, clause.at):
        return None
    stop = clause.first - 1
    best: str | None = None
    while stop > 0:
        first = part_start(scene, stop, brackets=False)
        if ends_in_report(scene.text, first, stop):
            break
        whole = clause_subject(scene.text, first, stop)
        if whole:
            return whole
        named = subject(scene.text, first, stop)
        adverbial = scene.items[first].key in _ADVERBIAL_HEADS
        best = named if named and len(named.split()) >= 2 and not (adverbial and best) else best
        stop = first - 1
    return best


def listed(scene: Scene, stop: int, before: str | None) -> str | None:
    """The head of a list that the name before a bracket at ``stop`` is an item of, with the name.

    "Ba hãng có doanh thu tăng là A (tăng 25%), B (tăng 22%)": "doanh thu A", "doanh thu B".
    """
    start = part_start(scene, stop)
    marks = [index for index in range(start, stop) if scene.items[index].key in ("là", "và")]
    first = marks[-1] + 1 if marks else start
    figures = [quantity for quantity in scene.quantities if quantity.end <= scene.items[stop].start]
    if figures and first < stop and scene.items[first].start < figures[-1].end:
        return None
    name = subject(scene.text, first, stop)
    head = before or (subject(scene.text, start, marks[-1]) if marks else None)
    if head is None or not name or not name[0].isupper():
        return None
    head = head.split(" có ")[-1]
    lower = [word for word in head.split() if not word[0].isupper()]
    return f"{' '.join(lower[:MAX_HEAD_SYLLABLES]) or head} {name}" if name not in head else head


def list_head(scene: Scene, first: int) -> str | None:
    """What the members of a list that ends before ``first`` or later have: "các bộ có tỷ lệ giải ngân thấp, gồm: A"."""
    opening = max((i for i in range(first) if scene.items[i].key in _LISTS), default=None)
    if opening is None or not any(item.text in ":," for item in scene.items[opening - 1 : opening + 2]):
        return None
    has = max((i for i in range(opening) if scene.items[i].key == "có"), default=None)
    named = subject(scene.text, has + 1, opening) if has is not None else None
    words = named.split() if named else []
    return " ".join(words[:MAX_HEAD_SYLLABLES]) if words and words[0].lower() in _AMOUNTS else None


def enumerated(scene: Scene, clause: Clause) -> str | None:
    """What a list of names that ends as a clause's subject is a list of: "Ba quỹ lớn nhất gồm A, B và C (đã chiếm)"."""
    if not _are_names(scene, clause.first, clause.predicate.first):
        return None
    stop = clause.first - 1
    while stop > 0:
        first = part_start(scene, stop)
        heads = [index for index in range(first, stop) if scene.items[index].key in _LISTS]
        if heads and _are_names(scene, heads[-1] + 1, stop):
            return subject(scene.text, first, heads[0])
        if not _are_names(scene, first, stop):
            return None
        stop = first - 1
    return None


def named_between(scene: Scene, index: int, clause: Clause) -> str | None:
    """A subject between two commas since the figure before, of a clause without: "…, vận tải khách, mục tiêu là"."""
    if clause.opener != "," or not clause.predicate.has("plan"):
        return None
    last = clause.first - 1
    first = part_start(scene, last)
    if first == 0 or scene.items[first - 1].text != "," or scene.items[first].key in _ADVERBIAL_HEADS:
        return None
    floor = scene.quantities[index - 1].end
    return subject(scene.text, first, last) if scene.items[first - 1].start >= floor else None


def parallel(scene: Scene, clause: Clause, before: str, own: str) -> str:
    """A measure that shares its end with the longer one before it has that one's head.

    "Tỷ lệ tàu khách đi đúng giờ đạt 98% và đến đúng giờ đạt 79%": the second is "Tỷ lệ tàu khách đến đúng giờ".
    """
    longer = before.split()
    items = scene.items[clause.first : clause.predicate.first]
    shorter = [item.text for item in items if not item.is_mark and item.key not in _PASSED]
    pairs = zip(reversed(longer), reversed(shorter), strict=False)
    shared = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
    if len(longer) > len(shorter) > 1 and longer[-len(shorter) : -1] == shorter[:-1] and shorter[-1].isdigit():
        return " ".join(longer[:-1] + shorter[-1:])
    if not 2 <= shared < len(shorter) or len(longer) - len(shorter) < 2:
        return own
    return " ".join(longer[: len(longer) - len(shorter)] + shorter)


def _are_names(scene: Scene, first: int, stop: int) -> bool:
    """Whether syllables are names, brackets and "và" alone: each word of the stretch begins with a capital."""
    items = [item for item in scene.items[first:stop] if not item.is_mark and item.key not in _PASSED]
    return bool(items) and items[0].is_name and all(i.is_name or scene.text.words.splits([i], 0) for i in items)
