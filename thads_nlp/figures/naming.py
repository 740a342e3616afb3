"""What the figures of a sentence measure: what a clause names itself, what it leaves out and takes over."""

from __future__ import annotations

import re

from thads_nlp.figures import clause_words as vocabulary
from thads_nlp.figures.clauses import Clause, Scene
from thads_nlp.figures.measures import (
    market_side,
    noun_before,
    object_noun,
    owned,
    side_of,
    subject,
    with_side,
)
from thads_nlp.figures.phrases import PhraseTable
from thads_nlp.figures.sharing import (
    earlier_subject,
    enumerated,
    list_head,
    listed,
    named_between,
    parallel,
    part_start,
)
from thads_nlp.figures.tails import counted, said_of, tail
from thads_nlp.figures.units import unit_kind
from thads_nlp.schema import Quantity

_LIGHT = PhraseTable.of([(True, vocabulary.LIGHT)])
_HOLDS = PhraseTable.of([(True, vocabulary.HOLD)])
MAX_ACTION_SYLLABLES = 5
MAX_HOLDER_SYLLABLES = 9
MAX_LABEL_SYLLABLES = 8
# A clause part that opens so and names no more says where, not what: "(nhu cầu …), giữa các khu vực 0,6 triệu tấn".
_WHERE = frozenset({"giữa", "tại", "ở"})
MAX_PLACE_SYLLABLES = 4
_NEAR_CHARS = 24
# Behind a share they begin what is said of it, and no noun that it is of: "(mức tăng) 7% được xem là".
_PASSIVES = frozenset({"được", "bị"})
# Before a verb and behind its subject.
_ASPECTS = frozenset({"đã", "đang", "sẽ", "vừa", "mới", "để"})
_EXISTENTIAL = frozenset({"có", "chỉ", "còn", "đó"})
_OWNING = frozenset({"nắm", "giữ", "sở", "hữu", "lãi", "lỗ", "ròng"})
_LOSS_HEADS = frozenset({"khoản", "mức", "số", "tiền", "phần"})
_MARKS = frozenset({",", ";", ":"})
# Predicates that say something of a subject, rather than hold the figure as their object.
_RESTATES = frozenset({"up", "down", "arrive", "state", "per", "match", "from"})
# Words that say of a whole only that it is the one of now.
_RATES = ("tỉ lệ", "tỷ lệ")
# Before a count these say where or for whom, and no verb is its own.
_PLACES = frozenset({"tại", "ở", "trong", "từ", "cho", "của", "với", "và", "đối", "trên", "qua"})
# Verbs that a count is the object of, though they are verbs of change.
_TRANSITIVES = ("cắt giảm", "cắt bớt", "sa thải", "tinh giản", "giảm được")
_NOW = frozenset("mức hiện nay tại hành trước đó này kia".split())


# What counts: heads of measures whose amounts are in counted units.
_COUNTING = re.compile(
    r"(?:tổng |con )?(?:đàn|số|lượng|sản lượng|doanh số|khối lượng|quy mô|công suất|tỷ lệ|tỉ lệ|dân số|nguồn|mức)\b",
    re.IGNORECASE,
)


def measure_of(scene: Scene, index: int, clause: Clause, before: str | None) -> tuple[str | None, bool]:
    """The measure of a quantity, and whether its own clause names it; ``before`` is that of the figure it goes on."""
    own = before if _is_standards_own(scene, clause, before) else _labelled(scene, clause)
    own = own or _own(scene, index, clause, before)
    if own and before and clause.opener in ("figure", ",", ";"):
        own = parallel(scene, clause, before, own)
    if own and before and clause.opener == "," and scene.items[clause.first].key in _WHERE:
        own = own if len(own.split()) > MAX_PLACE_SYLLABLES or clause.predicate.verb else None
    if own and clause.opener == "," and (whole := enumerated(scene, clause)):
        own = whole if clause.predicate.verb != "own" else f"{whole} {_verb(scene, clause)}"
    aside = named_between(scene, index, clause) if own is None and before is not None else None
    measure = own or aside or before or earlier_subject(scene, clause)
    measure = _as_rate(scene, clause, measure) if measure else None
    return _sided(scene, index, measure, before), own is not None


def _labelled(scene: Scene, clause: Clause) -> str | None:
    """The label that a colon parts from its figure: "Diện tích phần nổi: 13,6 ha"."""
    if clause.opener != ":" or not clause.is_bare:
        return None
    stop = clause.first - 1
    first = stop
    while first > 0 and stop - first <= MAX_LABEL_SYLLABLES and not scene.items[first - 1].is_mark:
        first -= 1
    named = subject(scene.text, first, stop) if 0 < stop - first <= MAX_LABEL_SYLLABLES else None
    return named if named and not any(char.isdigit() for char in named) else None


def _is_standards_own(scene: Scene, clause: Clause, before: str | None) -> bool:
    """Whether a bracket gives the value of the standard before it: "giảm 50% so với đầu năm (2,5 triệu con)"."""
    if clause.opener != "(" or not clause.is_bare or before is None:
        return False
    opening = scene.items[clause.first - 1].start
    return any(b.end + 1 == opening for b in scene.baselines)


def _own(scene: Scene, index: int, clause: Clause, before: str | None) -> str | None:
    """What the clause itself says is measured; None where it leaves that out."""
    quantity, text, predicate = scene.quantities[index], scene.text, clause.predicate
    if quantity.unit and unit_kind(quantity.unit) == "count":
        return _count(scene, index, clause)
    named = subject(text, clause.first, predicate.first)
    if clause.opener == "(" and not named:
        return _bracketed(scene, clause, before)
    if is_fraction(quantity) and predicate.direction and (whole := _whole(scene, index)):
        return whole
    verb = predicate.verb
    if verb == "side":
        return _market(scene, clause, named, before)
    if verb == "own":
        rest = tail(text, quantity.end, scene.next_start(index))
        owner = named or (None if before else earlier_subject(scene, clause))
        return " ".join(filter(None, (_owning(scene, clause, owner, before), rest)))
    if behind := _behind(scene, index, clause):
        return behind
    if verb == "hold" and not clause.is_bare and scene.items[predicate.first].key == "với":
        return object_noun(text, clause.first, predicate.first)
    if verb in (None, "hold") and not clause.is_bare:
        if verb is None and not _is_partitive(scene, index):
            return _noun(scene, clause, before)
        return _held(scene, index, clause)
    if named:
        return named
    if verb in (None, "hold") and (index == 0 or _is_material(scene, index, clause)):
        return tail(text, quantity.end, scene.next_start(index)) or None
    return None


def _is_material(scene: Scene, index: int, clause: Clause) -> bool:
    """Whether a physical amount in a list says of what it is: "(39 bánh heroin), 30 kg ma tuý"."""
    return unit_kind(scene.quantities[index].unit) == "physical" and clause.opener in (",", "figure", ";", ":")


def _count(scene: Scene, index: int, clause: Clause) -> str | None:
    """Of a count: the subject of what is said of it, else the counted noun with what follows it."""
    quantity, text, predicate = scene.quantities[index], scene.text, clause.predicate
    verb = predicate.verb
    named = subject(text, clause.first, predicate.first)
    if named and verb == "own":
        return f"{named} {_verb(scene, clause)}"
    noun = counted(text, quantity.unit, quantity.end, scene.next_start(index))
    said = scene.sentence[: quantity.start].lower()
    if any(said.rfind(verb) >= max(quantity.start - _NEAR_CHARS, 0) for verb in _TRANSITIVES):
        return noun
    left = verb == "arrive" and any(item.key == "còn" for item in scene.items[predicate.first : clause.at])
    if left and not predicate.has("up", "down") and named and not _COUNTING.match(named):
        return noun
    if verb in (None, "hold") and (counting := _counting(scene, clause)):
        return counting
    if named and (verb == "plan" or verb in _RESTATES or predicate.has("up", "down")):
        return named
    if named and _is_holder(scene, clause, named):
        shared = _shared_noun(scene, index) if noun == quantity.unit else None
        return f"{shared} {named}" if shared else f"{named} {noun}"
    if noun != quantity.unit and verb == "arrive" and predicate.kinds[0] == "arrive" and left:
        return noun
    if not named and (index or clause.opener) and _goes_on(scene, index, clause, noun):
        return None
    if noun != quantity.unit or verb not in (None, "hold"):
        return noun
    rest = said_of(text, quantity.end, scene.next_start(index))
    whole = earlier_subject(scene, clause) if clause.opener == "(" and not rest else None
    if whole and noun in whole:
        return whole
    done = _object_of(scene, clause)
    if done and named and len(named.split()) <= MAX_ACTION_SYLLABLES:
        done = f"{named} {done}"
    action = None if done else _action(scene, clause)
    return " ".join(filter(None, (done, noun, "" if done or action else rest, action)))


def _shared_noun(scene: Scene, index: int) -> str | None:
    """What a list says once of all its counts: "tỉnh A có 37 người chết, tỉnh B 9 người"."""
    for earlier in range(index - 1, -1, -1):
        before = scene.quantities[earlier]
        if before.unit != scene.quantities[index].unit:
            return None
        noun = counted(scene.text, before.unit, before.end, scene.next_start(earlier))
        if noun != before.unit:
            return noun
    return None


def _object_of(scene: Scene, clause: Clause) -> str | None:
    """The verb that has the count as its object where the predicate is one: "bắt giữ (bảy nghi can)"."""
    first, stop = clause.predicate.first, clause.at
    light = _LIGHT.starting_at(scene.items, first, scene.text.words)
    if clause.predicate.kinds[:1] != ("hold",) or light is not None:
        return None
    hold = next(i for i in range(stop, first, -1) if _HOLDS.ending_at(scene.items, i, first, scene.text.words))
    return " ".join(item.text for item in scene.items[first:hold])


def _is_holder(scene: Scene, clause: Clause, named: str) -> bool:
    """Whether a name that has a count stands right before it or before "với": "Jetstar với 147 chuyến chậm"."""
    kinds = [kind for kind in clause.predicate.kinds if kind != "filler"]
    joined = not kinds or (kinds == ["hold"] and scene.items[clause.predicate.first].key == "với")
    words = named.split()
    return joined and words[0][0].isupper() and words[-1][0].isupper() and len(words) <= MAX_HOLDER_SYLLABLES


def _owning(scene: Scene, clause: Clause, named: str | None, before: str | None) -> str | None:
    """The subject with its verb of having: "công ty lỗ"; where "lỗ" is a noun, that noun ("khoản lỗ")."""
    verb, head = _verb(scene, clause), scene.items[clause.predicate.first - 1].key if clause.predicate.first else ""
    if named and head in _LOSS_HEADS:
        noun = noun_before(scene.text, clause.first, clause.at)
        return noun.text if noun else named
    if named is None and before and before.split()[-1] in ("lãi", "lỗ"):
        named = before.rpartition(" ")[0] or None
    return f"{named} {verb}" if named else verb


def _counting(scene: Scene, clause: Clause) -> str | None:
    """A noun of number or amount right before a count: "doanh số phân phối 1.979 chiếc"."""
    if clause.is_bare or scene.items[clause.predicate.first].key in _PLACES:
        return None
    noun = noun_before(scene.text, clause.first, clause.predicate.first)
    return noun.text if noun and _COUNTING.match(noun.text) else None


def _goes_on(scene: Scene, index: int, clause: Clause, noun: str) -> bool:
    """Whether a count without subject says something of the figure before it: "(số vụ …), tăng 12 vụ"."""
    verb, unit = clause.predicate.verb, scene.quantities[index].unit
    if verb == "from":
        return clause.predicate.has("up", "down")
    if verb == "match":
        return not (noun != unit and index and scene.quantities[index - 1].unit != unit)
    return verb in _RESTATES and verb != "state"


def _noun(scene: Scene, clause: Clause, before: str | None) -> str | None:
    """The noun phrase right before an amount without verb, with whose it is."""
    noun = noun_before(scene.text, clause.first, clause.predicate.first)
    if noun is None:
        return _lone_verb(scene, clause)
    return owned(scene.text, clause.first, noun, before if clause.opener == "figure" else None)


def _market(scene: Scene, clause: Clause, named: str | None, before: str | None) -> str | None:
    """The goods whose price on one side of the market an amount is, and the side."""
    said = [item.key for item in scene.items[clause.predicate.first : clause.at]]
    goods = named or before or earlier_subject(scene, clause)
    return with_side(goods, "mua vào" if "mua" in said else "bán ra") if goods else None


def _lone_verb(scene: Scene, clause: Clause) -> str | None:
    """A verb of one syllable that is all a clause part says before its amount: "(…), phạt 310 triệu đồng"."""
    items = scene.items[clause.first : clause.predicate.first]
    return items[0].text if len(items) == 1 and items[0].text.isalpha() and clause.opener in _MARKS else None


def _whole(scene: Scene, index: int) -> str | None:
    """What a fraction that something changes by is of, unless it only says "of now"."""
    rest = tail(scene.text, scene.quantities[index].end, scene.next_start(index))
    words = [word for word in rest.split() if word.lower() not in _NOW]
    return " ".join(words) if len(words) > 1 else None


def _behind(scene: Scene, index: int, clause: Clause) -> str | None:
    """What stands behind a share that is its clause's subject: "(chỉ có) 20,5% là căn hộ bình dân"."""
    quantity = scene.quantities[index]
    if unit_kind(quantity.unit) != "percent" or not scene.sentence.startswith(" là ", quantity.end):
        return None
    if not clause.is_bare and scene.items[clause.predicate.first - 1].key not in _EXISTENTIAL:
        return None
    return tail(scene.text, quantity.end + len(" là"), scene.next_start(index)) or None


def _action(scene: Scene, clause: Clause) -> str | None:
    """The verb that a count is the object of, without its own subject: "(toàn tỉnh) phải thi hành 8.450 việc"."""
    items = scene.items[clause.first : clause.at]
    head = scene.items[clause.predicate.first].key if clause.predicate.first < clause.at else ""
    if clause.opener == "figure" and head in _PLACES - {"với"}:
        return None
    marks = [index for index, item in enumerate(items) if item.key in _ASPECTS]
    named = subject(scene.text, clause.first + (marks[-1] + 1 if marks else 0), clause.at)
    if named is None or named[0].isupper():
        return None
    return named if len(named.split()) <= MAX_ACTION_SYLLABLES else None


def _verb(scene: Scene, clause: Clause) -> str:
    """The verb of holding as written, without the hedge behind it."""
    items = scene.items[clause.predicate.first : clause.at]
    return " ".join(item.text for item in items if item.key in _OWNING)


def _held(scene: Scene, index: int, clause: Clause) -> str | None:
    """The measure of an amount that is a verb's object: subject and verb, and what the amount consists of."""
    head = subject(scene.text, clause.first, clause.at)
    rest = tail(scene.text, scene.quantities[index].end, scene.next_start(index))
    return " ".join(filter(None, (head, rest))) or None


def _is_partitive(scene: Scene, index: int) -> bool:
    """Whether a percentage is of a noun behind it: "thi hành xong 83,5% số việc"."""
    quantity = scene.quantities[index]
    of_noun = unit_kind(quantity.unit) == "percent" or quantity.unit == "phần"
    rest = tail(scene.text, quantity.end, scene.next_start(index)) if of_noun else ""
    return bool(rest) and rest.split()[0] not in _PASSIVES


def is_fraction(quantity: Quantity) -> bool:
    """Whether a quantity is a part of one whole: "2/3", "một nửa"."""
    return quantity.unit in ("phần", "lần") and 0 < quantity.value < 1


def _bracketed(scene: Scene, clause: Clause, before: str | None) -> str | None:
    """The measure of a figure alone in its bracket: the noun before the bracket.

    In a list of names with figures in brackets it is the list's head ("doanh thu") and the name.
    """
    stop = clause.first - 1
    opening = scene.items[stop].start
    if clause.predicate.has("up", "down"):
        return listed(scene, stop, before)
    first = part_start(scene, stop, brackets=False)
    figures = [q for q in scene.quantities if q.start < opening]
    if figures and first < stop and scene.items[first].start < figures[-1].end:
        return None
    name = object_noun(scene.text, first, stop) if not clause.predicate.kinds else None
    head = list_head(scene, first) if name else None
    return f"{head} {name}" if head else name


def _as_rate(scene: Scene, clause: Clause, measure: str) -> str:
    """A measure whose rate is stated: "kết quả thi hành … đạt tỉ lệ 20%" is of the "tỉ lệ thi hành"."""
    said = " ".join(item.text for item in scene.items[clause.predicate.first : clause.at])
    rate = next((word for word in _RATES if said.lower().startswith(f"đạt {word}")), None)
    if rate is None or any(word in measure.lower() for word in _RATES):
        return measure
    return f"{rate} {measure.removeprefix('kết quả ').removeprefix('Kết quả ')}"


def _sided(scene: Scene, index: int, measure: str | None, before: str | None) -> str | None:
    """A price's measure with the side of the market that stands beside it."""
    if measure is None:
        return None
    quantity = scene.quantities[index]
    after = scene.next_start(index)
    pair = after is not None and scene.sentence[quantity.end : after].strip() in ("-", "–")
    side = market_side(scene.text, scene.quantities[index + 1].end if pair else quantity.end, second=not pair)
    lone = side_of(measure)
    if lone and before:
        return with_side(before, lone)
    return with_side(measure, side) if side else measure
