"""Numbers that name instead of count: document numbers, labels, model names, telephone numbers, ordinals."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from thads_nlp.figures.lexer import Token, is_capital, is_joined, is_lower_word
from thads_nlp.figures.lexicon import vocabulary
from thads_nlp.figures.reading import Reading
from thads_nlp.figures.units import read_unit
from thads_nlp.schema import QuantityKind

# Longest bare digits that can still be a count; longer ones are account or telephone numbers.
_LONGEST_COUNT = 7

# Nouns whose number names whatever follows it: "Điều 12 luật này", "Quốc lộ 37 qua xã".
_LABELS = vocabulary("điều chương phường quận thôn xóm ấp khóm tầng trang km đt sđt tel hotline ngõ ngách hẻm kiệt")
_LABEL_PAIRS = vocabulary(
    """
    quyết_định nghị_định nghị_quyết thông_tư quốc_lộ tỉnh_lộ hương_lộ đường_tỉnh đại_lộ chỉ_thị công_văn dân_phố khu_phố
    phụ_lục thuyết_minh giai_đoạn điện_thoại biểu_mẫu kỳ_họp tiểu_khu thế_hệ mức_độ cấp_độ số_hiệu mã_số thông_báo
    phương_án kịch_bản
    """
)

# Nouns whose number names only where it counts nothing ("lớp 12", but "nhóm 5 người").
_SOFT_LABELS = vocabulary(
    """
    khoản mục điểm đường phòng lớp hình bảng biểu đội kênh vòng tập cấp hạng loại bậc kỳ khóa khoá đợt lô trạm bến
    cổng quầy tuyến ban tổ khu nhóm hướng cụm ga kíp ca cảng nhà tháp toà tòa
    """
)

# Nouns and heads of both kinds: a capital behind their number begins a name, not a count.
NAMING = _LABELS | _SOFT_LABELS | vocabulary("thứ hạng top tốp lần lớp số quý năm tháng")

# Behind a house number, before the name of the street.
_STREETS = vocabulary("đường phố ngõ hẻm ngách")

# Before "số" these make the number a count.
_COUNTING_NUMBERS = vocabulary("trong tổng một có tỷ tỉ con dân đa thiểu")
_ORDINAL_HEADS = vocabulary("thứ hạng top tốp lần")

# Highest school class and similar labels; "lớp 40 học sinh" counts.
_HIGHEST_CLASS = 12


# Least second number of a name such as "Power 6/55".
_LEAST_OF_PRODUCT = 20


class Reference(NamedTuple):
    """A naming number over tokens ``first`` to ``stop``."""

    kind: QuantityKind
    first: int
    stop: int


def read_reference(tokens: Sequence[Token], reading: Reading, *, counts: bool) -> Reference | None:
    """Code, document number or ordinal that ``reading`` is by its shape and the word before it, or None.

    ``counts`` says that a noun or unit follows which the number could count.
    """
    stop = _document_stop(tokens, reading)
    if stop is not None:
        return Reference("code", reading.first, stop)
    before = tokens[reading.first - 1].key
    if before == "thứ" or reading.form == "roman":
        return Reference("ordinal", reading.first, reading.stop)
    if reading.spelled or reading.form == "multiple":
        return None
    if _is_glued(tokens, reading) or (not counts and (_is_long(reading) or _follows_area_code(tokens, reading))):
        return Reference("code", reading.first, _code_stop(tokens, _group_stop(tokens, reading)))
    if reading.scale != 1:
        return None
    if _is_product(tokens, reading) or _opens_series(tokens, reading):
        return Reference("code", reading.first, reading.stop)
    if tokens[reading.stop].key in _STREETS and is_capital(tokens[reading.stop + 1]):
        return Reference("code", reading.first, reading.stop)
    if before in {"top", "tốp"} or (before in _ORDINAL_HEADS and not counts):
        return Reference("ordinal", reading.first, reading.stop)
    if _is_labelled(tokens, reading, counts):
        return Reference("code", reading.first, reading.stop)
    return None


def _is_product(tokens: Sequence[Token], reading: Reading) -> bool:
    """Whether a fraction is the end of a foreign name: "Power 6/55", "Mega 6/45"; "2/3" behind a name is a share."""
    before = tokens[reading.first - 1]
    if reading.parts is None or reading.parts[1] < _LEAST_OF_PRODUCT:
        return False
    return is_capital(before) and before.text.isascii() and not before.text.isupper()


def _opens_series(tokens: Sequence[Token], reading: Reading) -> bool:
    """Whether numbers drawn begin here, three or more between dashes: "07 - 09 - 17"."""
    at = reading.stop
    pairs = ((tokens[at + step], tokens[at + step + 1]) for step in (0, 2) if at + step + 1 < len(tokens))
    joined = [dash.key in {"-", "–"} and number.kind == "number" for dash, number in pairs]
    return len(joined) == 2 and all(joined) and reading.form == "integer"


def _document_stop(tokens: Sequence[Token], reading: Reading) -> int | None:
    """End of a document number such as "84/NQ-CP" or "15/2018/NĐ-CP"."""
    stop = reading.stop
    if tokens[stop].key != "/" or reading.spelled or reading.scale != 1:
        return None
    if tokens[stop + 1].kind == "number" and tokens[stop + 2].key == "/":
        stop += 2
    word = tokens[stop + 1]
    if word.kind != "word" or not word.text.isupper() or len(word.text) < 2 or read_unit(tokens, stop + 1):
        return None
    stop += 2
    while tokens[stop].key in {"-", "/", "–"} and tokens[stop + 1].text.isupper():
        stop += 2
    return _code_stop(tokens, stop)


def is_part_of_name(tokens: Sequence[Token], reading: Reading) -> bool:
    """Whether letters of a name stand right before the digits ("U23"); a word is a missing space ("đạt7,5%")."""
    before = tokens[reading.first - 1]
    return is_joined(tokens, reading.first) and before.kind == "word" and not _is_plain_word(before)


def is_exponent(tokens: Sequence[Token], reading: Reading) -> bool:
    """Whether the digit belongs to a unit of area or volume that counts nothing ("mỗi m2")."""
    glued = is_joined(tokens, reading.first) and tokens[reading.first - 1].key in {"m", "km", "cm", "dm", "mm"}
    return glued and reading.value in {2, 3} and reading.length == 1


def _is_plain_word(token: Token) -> bool:
    return is_lower_word(token) and not token.text.isascii()


def _is_glued(tokens: Sequence[Token], reading: Reading) -> bool:
    """Whether letters stand right before or behind the digits, or a hyphen joins them to a name."""
    before, earlier = tokens[reading.first - 1], tokens[reading.first - 2]
    if is_joined(tokens, reading.first) and before.kind == "word":
        return not _is_plain_word(before)
    hyphen = before.key in {"-", "–"} and not tokens[reading.first].spaced and earlier.kind == "word"
    if hyphen and (not before.spaced or is_capital(earlier)):
        return read_unit(tokens, reading.stop) is None
    after = tokens[reading.stop]
    if is_joined(tokens, reading.stop) and after.kind == "word":
        return read_unit(tokens, reading.stop) is None
    suffixed = is_joined(tokens, reading.stop - 1) and tokens[reading.stop - 1].text in {"G", "K", "M", "k"}
    return suffixed and reading.length <= 2 and read_unit(tokens, reading.stop) is None


def _is_long(reading: Reading) -> bool:
    if reading.form == "broken" or (reading.padded and reading.form != "fraction" and reading.length > 2):
        return True
    return reading.stop == reading.first + 1 and reading.scale == 1 and reading.length > _LONGEST_COUNT


def _follows_area_code(tokens: Sequence[Token], reading: Reading) -> bool:
    """Whether "(028)" or the like stands before the number."""
    closing, area = tokens[reading.first - 1], tokens[reading.first - 2]
    return closing.key == ")" and area.kind == "number" and area.text.startswith("0")


def _group_stop(tokens: Sequence[Token], reading: Reading) -> int:
    """End of a telephone number in groups ("0912 345 678"): a zero in front and groups of three or four digits."""
    stop = reading.stop
    while reading.padded and tokens[stop].kind == "number" and 3 <= len(tokens[stop].text) <= 4:
        stop += 1
    return stop


def _code_stop(tokens: Sequence[Token], stop: int) -> int:
    """End of what is written in one piece with a code."""
    while is_joined(tokens, stop) and tokens[stop].kind in {"word", "number"}:
        stop += 1
    return stop


def _is_labelled(tokens: Sequence[Token], reading: Reading, counts: bool) -> bool:
    """Whether the word before the number is a label."""
    before, earlier = tokens[reading.first - 1].key, tokens[reading.first - 2].key
    if reading.form == "fraction":
        return before in _LABELS or before in {"số", "nhà", "đường"}
    if before == "số":
        return earlier not in _COUNTING_NUMBERS and (not counts or reading.stop == reading.first + 1)
    if before in _LABELS or f"{earlier} {before}" in _LABEL_PAIRS:
        return True
    if before == "lớp" and reading.value <= _HIGHEST_CLASS:
        return True
    return before in _SOFT_LABELS and not counts
