"""Units of quantities: money, percent, physical units, time, and how spellings of one unit compare.

Currency codes are ISO 4217. Names of physical units follow the list of legal units of measurement of Viet Nam
(Decree 86/2012/NĐ-CP, SI and units accepted beside it) with the everyday names that newspapers use.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from functools import lru_cache
from types import MappingProxyType
from typing import Literal, NamedTuple

from thads_nlp.figures.lexer import Token, is_capital, is_joined, is_lower_word
from thads_nlp.figures.lexicon import TIME_UNITS, vocabulary
from thads_nlp.figures.number_words import SCALE_WORDS
from thads_nlp.text.normalize import compare_key

UnitKind = Literal["money", "percent", "times", "physical", "time", "age", "count"]


# Distinct units whose forms are remembered; an archive has a few thousand.
_CACHED_UNITS = 8_192


class Unit(NamedTuple):
    """A unit as figures state it (``name``), up to token ``stop``; ``spelled`` if it is a word, not a sign or code."""

    name: str
    kind: UnitKind
    stop: int
    spelled: bool = True


# Words and signs of each currency, keys in lower case with single spaces.
_CURRENCY_NAMES = {
    "VND": "đồng|đ|vnđ|vnd|đồng việt nam|việt nam đồng|₫",
    "USD": "usd|$|us $|đô|mỹ kim|dollar|dollars",
    "cent": "cent|cents|xu|xen",
    "EUR": "eur|euro|euros|€|ơ rô|ơ - rô",
    "JPY": "jpy|yên|yen|yên nhật|yen nhật|¥",
    "CNY": "cny|nhân dân tệ|ndt|rmb|tệ",
    "KRW": "krw|won|₩|won hàn quốc",
    "GBP": "gbp|bảng anh|£|pound|pounds",
    "THB": "thb|baht|bạt|bath|฿|baht thái",
    "AUD": "aud|aud $",
    "CAD": "cad",
    "SGD": "sgd|s $",
    "HKD": "hkd|hk $",
    "TWD": "twd|đài tệ|tân đài tệ",
    "NZD": "nzd",
    "CHF": "chf|franc thụy sĩ|franc thuỵ sĩ|franc thụy sỹ",
    "RUB": "rub|rúp|ruble|rúp nga",
    "INR": "inr|rupee|rupees|rs|₹",
    "LAK": "lak|kíp|kip",
    "KHR": "khr|riel|riên",
    "MYR": "myr|ringgit",
    "IDR": "idr|rupiah",
    "PHP": "php|peso philippines",
    "MMK": "mmk|kyat",
    "AED": "aed|dirham",
    "SAR": "sar|riyal",
    "SEK": "sek|krona",
    "BTC": "btc|bitcoin",
}

# Dollars by the country said behind them: "đô la Mỹ", "đôla Singapore", "đô Úc".
_DOLLARS = {
    "USD": "|mỹ|hoa kỳ",
    "AUD": "úc|australia",
    "CAD": "canada",
    "SGD": "singapore|sing",
    "HKD": "hồng kông|hong kong|hongkong",
    "TWD": "đài loan",
    "NZD": "new zealand",
}
_DOLLAR_WORDS = ("đô la", "đôla", "đô - la", "đô", "dollar")

# Signs and codes of currencies that stand before the number.
CURRENCY_PREFIXES = {
    "$": "USD", "£": "GBP", "€": "EUR", "¥": "JPY", "₩": "KRW", "฿": "THB", "₫": "VND", "₹": "INR", "usd": "USD",
    "eur": "EUR", "gbp": "GBP", "vnd": "VND", "vnđ": "VND", "jpy": "JPY", "cny": "CNY", "krw": "KRW", "thb": "THB",
    "inr": "INR", "rs": "INR", "aud": "AUD", "sgd": "SGD", "cad": "CAD", "chf": "CHF", "hkd": "HKD",
}  # fmt: skip
DOLLAR_COUNTRIES = {"us": "USD", "vn": "VND", "s": "SGD", "hk": "HKD", "a": "AUD", "au": "AUD", "c": "CAD"}

# A hundredth of the currency before it.
CENTS = frozenset({"xu", "xen", "cent", "cents"})

_PERCENT_NAMES = {
    "%": "%|phần trăm|％",
    "‰": "‰|phần nghìn|phần ngàn",
    "điểm %": "điểm %|điểm phần trăm|% điểm",
}

_TIME_NAMES = (
    "thập kỷ|thập niên|thế kỷ|ngày đêm|giờ đồng hồ|tiếng đồng hồ|năm học|năm tài chính|niên khóa|niên khoá|"
    "ngày làm việc|giờ làm việc|tháng lương|mùa giải"
)
_AGE_NAMES = "tuổi|tháng tuổi|ngày tuổi|tuần tuổi|năm tuổi"

_PHYSICAL_NAMES = (
    "km|m|cm|mm|dm|µm|nm|hm|mét|ki lô mét|kilômét|kilomet|km vuông|mét vuông|mét khối|cây số|dặm|hải lý|inch|feet|ft|"
    "ha|hecta|héc ta|héc - ta|hectare|sào|công đất|"
    "kg|g|mg|miligam|mi li gam|µg|gam|gram|kilogam|kilogram|ki lô gam|ký|tấn|tạ|yến|ounce|oz|carat|cara|"
    "lít|l|ml|m 2|m 3|km 2|cm 2|cm 3|mm 2|m ²|m ³|km ²|cm ²|cm ³|"
    "kwh|mwh|gwh|twh|w|v|kw|mw|gw|mwp|kwp|kv|kva|mva|hz|khz|mhz|ghz|mã lực|hp|cv|"
    "kb|mb|gb|tb|mbps|gbps|megapixel|mp|mah|"
    "kiloton|megaton|kcal|calo|calorie|joule|độ|độ c|độ f|độ richter|độ rich - te|° c|°|° f|℃|ppm|db|mmhg|teu|dwt|"
    "km / h|km / giờ|m / s|mm / h|mg / l|mg / lít"
)

# Signs that are units only in this case: "M" is no metre, "w" no watt.
_CASED = MappingProxyType({"m": "m", "g": "g", "l": "l", "w": "W", "v": "V"})


def _index() -> Mapping[str, tuple[str, UnitKind]]:
    table: dict[str, tuple[str, UnitKind]] = {}
    for name, keys in _CURRENCY_NAMES.items():
        table.update({key: (name, "money") for key in keys.split("|")})
    for name, countries in _DOLLARS.items():
        for word in _DOLLAR_WORDS:
            table.update({f"{word} {country}".strip(): (name, "money") for country in countries.split("|")})
    for name, keys in _PERCENT_NAMES.items():
        table.update({key: (name, "percent") for key in keys.split("|")})
    table.update({key: ("", "physical") for key in _PHYSICAL_NAMES.split("|")})
    table.update({key: (key, "time") for key in (*TIME_UNITS, *_TIME_NAMES.split("|"))})
    table.update({key: (key, "age") for key in _AGE_NAMES.split("|")})
    table.update({"lần": ("lần", "times"), "h": ("giờ", "time"), "chỉ": ("chỉ", "physical")})
    return MappingProxyType(table)


_UNITS = _index()
_FIRST_KEYS = frozenset(key.split(" ")[0] for key in _UNITS)
_LONGEST = max(len(key.split(" ")) for key in _UNITS)

# Second syllables of words that begin like a unit: "đồng phạm", "đồng hồ", "năm ngoái" is a date, "lần lượt" an adverb.
_NOT_UNITS = MappingProxyType(
    {
        "đồng": vocabulary(
            """
        phạm chí đội nghiệp bào hồ tiền môn minh loã lõa hương sáng giám phục bọn ruộng đẳng thời bộ tình tác ý hành
        thuận loạt chủ quy
        """
        ),
        "lần": vocabulary("lượt thứ"),
        "đô": vocabulary("thị vật đốc"),
        "độ": vocabulary("tuổi"),
        "giờ": vocabulary("bay g chót"),
        "ngày": vocabulary("công hội"),
        "hôm": vocabulary("nay qua kia"),
        "tiếng": vocabulary("nói anh việt súng nổ động gà kêu"),
        "quý": vocabulary("vị khách ông bà"),
        "đêm": vocabulary("nhạc diễn"),
        "buổi": vocabulary("diễn lễ họp"),
        "phiên": vocabulary("tòa toà họp bản dịch"),
        "yến": vocabulary("sào"),
        "ký": vocabulary("túc sự kết"),
        "bạt": vocabulary("ngàn"),
        "gam": vocabulary("màu"),
    }
)


def read_unit(tokens: Sequence[Token], index: int) -> Unit | None:
    """Longest unit of the tables that stands at token ``index``, or None."""
    if tokens[index].key not in _FIRST_KEYS:
        return None
    phrase = [tokens[index].key]
    found: Unit | None = None
    for stop in range(index + 1, index + _LONGEST + 2):
        entry = _UNITS.get(" ".join(phrase))
        if entry is not None and _is_unit(tokens, index, stop):
            found = _unit(tokens, index, stop, entry)
        phrase.append(tokens[stop].key)
    return found


def is_prefixed(tokens: Sequence[Token], index: int) -> bool:
    """Whether a sign or code of a currency is glued to the front of the number at ``index``."""
    glued = tokens[index].kind == "number" and not tokens[index].spaced
    return glued and tokens[index - 1].key in CURRENCY_PREFIXES


def _unit(tokens: Sequence[Token], index: int, stop: int, entry: tuple[str, UnitKind]) -> Unit:
    name, kind = entry
    return Unit(name or _as_written(tokens[index:stop]), kind, stop, _is_said(tokens[index]))


def _is_said(token: Token) -> bool:
    """Whether a unit is a word and no sign or code."""
    return token.kind == "word" and not token.text.isupper()


def _as_written(tokens: Sequence[Token]) -> str:
    """Surface of a physical unit: glued where it is a sign ("m2", "km/h"), else with single spaces."""
    surface = tokens[0].text
    for token in tokens[1:]:
        surface += token.text if token.kind != "word" or surface.endswith(("/", "°", "-")) else f" {token.text}"
    return surface


def _is_unit(tokens: Sequence[Token], index: int, stop: int) -> bool:
    token, after = tokens[index], tokens[stop]
    if token.text != _CASED.get(token.key, token.text):
        return False
    if is_capital(token) and not token.text.isupper() and not token.key.isascii() and token.key != "việt":
        return False
    if after.key in _NOT_UNITS.get(tokens[stop - 1].key, ()) and is_lower_word(after) and not _is_scaled(tokens, index):
        return False
    if token.key == "chỉ" and is_lower_word(after) and after.key not in {"vàng", "và"}:
        return False
    if tokens[stop - 1].kind == "number" and tokens[stop - 1].spaced:
        return False
    if after.kind == "number" and after.spaced and _heads_date(tokens, stop):
        return False
    if token.key == "v" and token.spaced:
        return False
    if len(token.key) == 1 and token.kind == "word" and stop == index + 1:
        centimetres = token.key == "m" and after.kind == "number" and len(after.text) == 2
        return centimetres or not (is_joined(tokens, stop) and after.kind in {"word", "number"})
    return not (after.kind == "word" and is_joined(tokens, stop) and tokens[stop - 1].kind == "word")


def _is_scaled(tokens: Sequence[Token], index: int) -> bool:
    """Whether a scale word or thousands stand before the unit: then "đồng" is money whatever follows."""
    before = tokens[index - 1]
    return before.key in SCALE_WORDS or (before.kind == "number" and len(before.text) >= 3)


def _heads_date(tokens: Sequence[Token], index: int) -> bool:
    """Whether the word before the number at ``index`` begins a date ("310 ngày 27/2", "12 vụ năm 2018").

    "5 năm 2016 - 2020" is a plan of five years all the same.
    """
    head, digits = tokens[index - 1].key, len(tokens[index].text)
    sign, tail = tokens[index + 1], tokens[index + 2]
    if head == "năm":
        return digits == 4 and not (sign.key in {"-", "–"} and tail.kind == "number")
    slashed = sign.key in {"/", "-"} and not sign.spaced and tail.kind == "number"
    return head in {"ngày", "tháng", "quý"} and slashed and digits <= 2


# Spellings that are one unit; the key is what all others compare as.
_SAME_UNITS = {
    "km2": "km vuông|ki lô mét vuông|kilômét vuông",
    "m2": "mét vuông|m vuông",
    "m3": "mét khối|m khối|khối",
    "m": "mét",
    "cm": "xăng ti mét|xentimét|centimet",
    "mm": "milimét|mi li mét",
    "km": "ki lô mét|kilômét|kilomet|cây số",
    "km/h": "km/giờ|kmh",
    "ha": "hecta|héc ta|héc-ta|hectare|héc - ta",
    "kg": "ki lô gam|kilogam|kilogram|ký|cân|kí",
    "g": "gam|gram|gr",
    "t": "tấn",
    "l": "lít",
    "độ c": "°c|℃|oc|độ xê",
    "%": "phần trăm",
    "điểm %": "điểm phần trăm|% điểm",
    "oz": "ounce",
    "ô tô": "ôtô|oto|xe ô tô|xe hơi|xe ôtô",
}


def _spellings() -> Mapping[str, str]:
    names = {key: name.lower() for key, (name, kind) in _UNITS.items() if kind == "money"}
    names.update({key: name for name, keys in _SAME_UNITS.items() for key in keys.split("|")})
    return MappingProxyType(names)


_CANONICAL = _spellings()


@lru_cache(maxsize=_CACHED_UNITS)
def normalize_unit(unit: str) -> str:
    """Form in which two spellings of one unit are equal: "tấn" and "t", "km²" and "km2", "toà nhà" and "tòa nhà".

    Units with denominators compare part by part ("VND/m²" and "VND/mét vuông").
    """
    folded = " ".join(unicodedata.normalize("NFKC", compare_key(unit)).replace("tỷ", "tỉ").split())
    whole = _CANONICAL.get(folded, folded)
    return "/".join(_CANONICAL.get(part.strip(), part.strip()) for part in whole.split("/"))


_KIND_OF_NAME: Mapping[str, UnitKind] = MappingProxyType(
    {name or key: kind for key, (name, kind) in _UNITS.items()}
)


@lru_cache(maxsize=_CACHED_UNITS)
def unit_kind(name: str) -> UnitKind:
    """What kind a stated unit is: "VND/lượng" is money, "%" percent, "tấn" physical, "vụ" a count."""
    head = name.split("/")[0].strip()
    if head in ("lần", "phần"):
        return "times"
    known = (_KIND_OF_NAME.get(form) for form in (head, head.lower(), head.rstrip("23²³")))
    return next((kind for kind in known if kind), "count")
