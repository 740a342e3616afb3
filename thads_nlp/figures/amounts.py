"""Amounts: a numeral with the unit behind or before it, its denominators and its counted noun."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Literal, NamedTuple

from thads_nlp.figures.digits import EXACT
from thads_nlp.figures.lexer import Source, Token, is_capital, is_joined, is_lower_word
from thads_nlp.figures.lexicon import COUNTERS, TIME_UNITS, vocabulary
from thads_nlp.figures.nouns import Noun, read_body, read_noun
from thads_nlp.figures.number_words import HALF
from thads_nlp.figures.reading import Reading
from thads_nlp.figures.references import NAMING
from thads_nlp.figures.sums import read_sum
from thads_nlp.figures.units import CENTS, CURRENCY_PREFIXES, DOLLAR_COUNTRIES, Unit, is_prefixed, read_unit

AmountKind = Literal["money", "percent", "times", "physical", "time", "age", "count", "noun", "fraction", "none"]

_MILLION = Decimal(10**6)

# Units that goods are priced by; behind "một" or "mỗi" they make a price per unit.
_PRICED = vocabulary(
    """
    lượng chỉ kg cân ký lít tấn tạ yến m2 m mét km ha thùng ounce cây cp cổ căn chiếc con cái quả trái bao gói hộp lon
    chai cuốn tờ vé suất sào mẫu kwh usd euro bộ lô nền phòng bát tô ly cốc đĩa khối số lượt
    """
)
_PERIODS = vocabulary("tháng năm ngày người đêm giờ")
_DENOMINATORS = (_PRICED | _PERIODS | TIME_UNITS) - {"cổ", "bộ", "số", "tấn", "lượt"}

# Goods whose price in dollars has never been in the thousands: "81,252 USD/thùng" is 81 dollars.
_CHEAP, _DEAR = frozenset({"USD/thùng", "USD/gallon", "USD/pound", "USD/mmbtu"}), Decimal(1_000)

# "đồng/người/tháng" is the longest price that is written.
_MOST_DENOMINATORS = 2

# Times that rates are given in: "15 phút/lượt"; longer ones over others are working hours ("8 giờ/ngày").
_SHORT_TIMES = frozenset({"giây", "phút"})

# A fraction behind these, over at most this many tokens, is a multiple of what was before; elsewhere it is a share.
_RATIO_CUES = vocabulary("giảm tăng cắt hạ bằng gấp")
_RATIO_REACH = 4


class Amount(NamedTuple):
    """A numeral with its unit over tokens ``first`` to ``stop``; ``kind`` is the kind of its unit."""

    first: int
    stop: int
    value: Decimal
    unit: str
    kind: AmountKind
    reading: Reading


def read_amount(source: Source, reading: Reading, free: int = 0) -> Amount:
    """Amount that begins with ``reading``; its unit is "" and its kind "none" where the text gives none.

    ``free`` is the first token that no amount before has taken.
    """
    tokens = source.tokens
    unit = read_unit(tokens, reading.stop + _is_stray_mark(tokens, reading.stop))
    if reading.form == "multiple":
        unit = None  # "gấp đôi năm đầu tiên"
    if unit is not None and not is_prefixed(tokens, unit.stop):
        return _with_unit(source, reading, unit)
    prefixed = read_prefixed(tokens, reading, free)
    if prefixed is not None:
        return prefixed
    if reading.form in {"broken", "roman"}:
        return Amount(reading.first, reading.stop, reading.value, "", "none", reading)
    return _read_bare(source, reading)


def _is_stray_mark(tokens: Sequence[Token], index: int) -> bool:
    """Whether a decimal mark without decimals stands before a percent sign ("32,%")."""
    mark, sign = tokens[index], tokens[index + 1]
    return mark.key in {",", "."} and sign.key == "%" and not mark.spaced and not sign.spaced


def _with_unit(source: Source, reading: Reading, unit: Unit) -> Amount:
    tokens = source.tokens
    value, name, stop = resolve(reading, unit.kind), unit.name, unit.stop
    first = reading.first
    if unit.kind == "money":
        value, stop = _with_cents(tokens, value, unit)
        name, stop = _with_denominators(source, name, stop)
        if name in _CHEAP and reading.other is not None and value >= _DEAR:
            value = min(reading.value, reading.other)
        each, goods = tokens[first - 2].key, tokens[first - 1].key
        if each == "mỗi" and goods in _PRICED and "/" not in name:
            name = f"{name}/{goods}"
    elif unit.kind == "time" and tokens[stop].key == "/" and unit.name in _SHORT_TIMES:
        name, stop = _with_denominators(source, name, stop)
    elif unit.kind == "physical":
        value, stop = _with_subunit(tokens, value, stop)
        if tokens[stop].key == "/":
            name, stop = _with_denominators(source, name, stop)
    if tokens[stop].key in HALF:
        value, stop = EXACT.add(value, Decimal("0.5")), stop + 1
    return Amount(first, stop, value, name, unit.kind, reading)


def resolve(reading: Reading, kind: AmountKind) -> Decimal:
    """Value of a reading whose separator was ambiguous, by its unit.

    Money without a scale word and counts are whole ("1,298 USD/ounce", "2,345 người"); a percentage or a physical
    unit keeps the preferred reading.
    """
    if reading.other is None or kind not in {"money", "noun", "count"}:
        return reading.value
    return max(reading.value, reading.other)


def _with_cents(tokens: Sequence[Token], value: Decimal, unit: Unit) -> tuple[Decimal, int]:
    """Cents behind a currency said in words: "2 đô la và 23 xen", "2 đô 23 xu", "hai đô 23"."""
    index = unit.stop + (tokens[unit.stop].key == "và")
    if unit.name == "VND" or not unit.spelled or value != value.to_integral_value():
        return value, unit.stop
    cents = read_sum(tokens, index)
    if cents is None or not 0 < cents.value < 100 or cents.form != "integer" or cents.scale != 1:
        return value, unit.stop
    said = tokens[cents.stop].key in CENTS
    alone = index == unit.stop and tokens[cents.stop].kind == "edge" and cents.value >= 10
    if not said and not alone:
        return value, unit.stop
    return EXACT.add(value, EXACT.multiply(cents.value, Decimal("0.01"))), cents.stop + said


def _with_subunit(tokens: Sequence[Token], value: Decimal, stop: int) -> tuple[Decimal, int]:
    """Centimetres in "1m65"."""
    metre, tail = tokens[stop - 1], tokens[stop]
    if metre.key != "m" or tail.kind != "number" or tail.spaced or len(tail.text) > 2 or value >= 100:
        return value, stop
    return EXACT.add(value, Decimal(f"0.{tail.text}")), stop + 1


def _with_denominators(source: Source, name: str, stop: int) -> tuple[str, int]:
    """Take in "/lượng", "/người/tháng", "một chỉ", "mỗi lít" behind a unit."""
    tokens = source.tokens
    for place in range(_MOST_DENOMINATORS):
        each = place == 0 and tokens[stop].key in {"một", "mỗi"} and _is_priced(tokens, stop)
        if tokens[stop].key != "/" and not each:
            break
        start = stop + 1 + (tokens[stop + 1].key in {"1", "một", "mỗi"})
        denominator = _read_denominator(source, start)
        if denominator is None:
            break
        name, stop = f"{name}/{denominator[0]}", denominator[1]
    return name, stop


def _is_priced(tokens: Sequence[Token], index: int) -> bool:
    after = tokens[index + 1].key
    return after in _PRICED or (tokens[index].key == "một" and after in _PERIODS)


def _read_denominator(source: Source, index: int) -> tuple[str, int] | None:
    tokens = source.tokens
    unit = read_unit(tokens, index)
    if unit is not None:
        return unit.name, unit.stop
    token = tokens[index]
    if token.key in _DENOMINATORS:
        return token.key, index + 1
    noun = read_noun(source, index)
    if noun is not None:
        return noun.name, noun.stop
    return (token.text, index + 1) if token.kind == "word" else None


def read_prefixed(tokens: Sequence[Token], reading: Reading, free: int) -> Amount | None:
    """Amount whose currency stands first: "$10", "US$ 10", "VN$1000", "EUR 29,99"."""
    index = reading.first - 1
    sign = tokens[index]
    if sign.key == "." and tokens[index - 1].key == "rs":
        index, sign = index - 1, tokens[index - 1]
    name = CURRENCY_PREFIXES.get(sign.key)
    if name is None or reading.spelled or (is_lower_word(sign) and sign.key != "rs"):
        return None
    country = tokens[index - 1]
    if sign.key == "$" and country.kind == "word" and is_joined(tokens, index) and country.key in DOLLAR_COUNTRIES:
        index, name = index - 1, DOLLAR_COUNTRIES[country.key]
    if index < free:
        return None
    return Amount(index, reading.stop, resolve(reading, "money"), name, "money", reading)


def _read_bare(source: Source, reading: Reading) -> Amount:
    """A number with a counted noun, or with nothing: millions and more are then đồng."""
    tokens = source.tokens
    nothing = Amount(reading.first, reading.stop, reading.value, "", "none", reading)
    if reading.form == "multiple" or (tokens[reading.first - 1].key == "gấp" and reading.form != "fraction"):
        return nothing._replace(unit="lần", kind="times")
    if reading.form == "fraction":
        return nothing._replace(unit=_fraction_unit(tokens, reading), kind="fraction")
    if not is_joined(tokens, reading.stop):
        noun = read_noun(source, reading.stop)
        if noun is None and tokens[reading.first - 1].key not in NAMING and not is_capital(tokens[reading.first - 1]):
            noun = read_body(tokens, reading.stop)
        if noun is not None and _is_countable(tokens, reading):
            name, stop = _with_density(source, noun)
            return Amount(reading.first, stop, resolve(reading, "noun"), name, "noun", reading)
    if reading.scale >= _MILLION:
        name, stop = _with_denominators(source, "VND", reading.stop)
        return nothing._replace(unit=name, kind="money", stop=stop)
    return nothing


def _with_density(source: Source, noun: Noun) -> tuple[str, int]:
    """Counted noun with what it is spread over ("người/km2", "khách/lượt xe"); rates over time stay counts."""
    tokens, stop = source.tokens, noun.stop
    if tokens[stop].key != "/":
        return noun.name, stop
    unit = read_unit(tokens, stop + 1)
    if unit is not None and unit.kind != "physical":
        return noun.name, stop
    over = unit or (None if is_joined(tokens, stop) != is_joined(tokens, stop + 1) else read_noun(source, stop + 1))
    return (noun.name, stop) if over is None else (f"{noun.name}/{over.name}", over.stop)


def _is_countable(tokens: Sequence[Token], reading: Reading) -> bool:
    """Whether the number can count the noun behind it.

    With a decimal point it is a version before most nouns, and behind a foreign name it may belong to that
    ("Cessna 310"); Vietnamese names of places and people take no numbers ("Giảng Võ 450 khách").
    """
    name, before = tokens[reading.first - 1], tokens[reading.first - 2]
    foreign = name.key.isascii() and before.key.isascii()
    named = is_capital(name) and before.kind == "word" and (foreign or not is_capital(before))
    if named and reading.stop == reading.first + 1 and tokens[reading.stop].key not in COUNTERS:
        return False
    if reading.form == "integer" or reading.scale != 1 or reading.other is not None:
        return True
    comma = any(token.key == "," for token in tokens[reading.first : reading.stop])
    return comma or tokens[reading.stop].key in COUNTERS


def _fraction_unit(tokens: Sequence[Token], reading: Reading) -> str:
    """Unit of a fraction: "phần" for a share, "lần" for a multiple, "" for no proper fraction ("21/13")."""
    if reading.value >= 1 or reading.padded:
        return ""
    before = {token.key for token in tokens[reading.first - _RATIO_REACH : reading.first]}
    return "lần" if before & _RATIO_CUES else "phần"
