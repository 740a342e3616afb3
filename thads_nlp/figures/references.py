"""Numbers that name instead of count: document numbers, labels, model names, telephone numbers, ordinals."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from thads_nlp.figures.lexer import Token, is_capital, is_joined
from thads_nlp.figures.numerals import Reading
from thads_nlp.figures.units import read_unit
from thads_nlp.schema import QuantityKind

# Longest number without a unit that can still be a count; longer ones are account or telephone numbers.
_LONGEST_COUNT = 7

# Nouns whose number always names: "Điều 12", "Quốc lộ 37", "quận 1", "lớp 12".
_LABELS = frozenset(
    [
        "điều",
        "khoản",
        "mục",
        "chương",
        "phụ",
        "định",
        "nghị",
        "quyết",
        "thông",
        "tư",
        "luật",
        "lộ",
        "đường",
        "phố",
        "ngõ",
        "ngách",
        "hẻm",
        "phường",
        "quận",
        "thôn",
        "xóm",
        "ấp",
        "khóm",
        "tập",
        "tầng",
        "phòng",
        "lớp",
        "khối",
        "trang",
        "hình",
        "biểu",
        "số",
        "phiên",
        "đội",
        "bến",
        "cổng",
        "trạm",
        "tuyến",
        "lô",
        "khu",
        "đoạn",
        "đợt",
        "bước",
    ]
)
# Two-syllable label words by their second syllable are ambiguous; these pairs are meant above or here.
_LABEL_PAIRS = frozenset({
    ("quyết", "định"), ("nghị", "định"), ("nghị", "quyết"), ("thông", "tư"), ("quốc", "lộ"), ("tỉnh", "lộ"),
    ("hương", "lộ"), ("đại", "lộ"), ("chỉ", "thị"), ("công", "văn"), ("tổ", "phố"), ("dân", "phố"), ("thuyết", "minh"),
    ("thế", "hệ"), ("giai", "đoạn"), ("điện", "thoại"), ("phụ", "lục"), ("biểu", "mẫu"), ("khu", "phố"), ("kỳ", "họp"),
    ("vị", "trí"), ("công", "nghiệp"), ("khu", "vực"), ("tiểu", "khu"), ("cơ", "sở"), ("chi", "nhánh"), ("bậc", "học"),
})  # fmt: skip
_SINGLE_LABELS = frozenset(
    [
        "điều",
        "khoản",
        "mục",
        "chương",
        "đường",
        "ngõ",
        "ngách",
        "hẻm",
        "phường",
        "quận",
        "thôn",
        "xóm",
        "ấp",
        "khóm",
        "tầng",
        "phòng",
        "lớp",
        "trang",
        "hình",
        "bảng",
        "biểu",
        "đội",
        "kênh",
        "vòng",
        "tập",
        "cấp",
        "hạng",
        "loại",
        "bậc",
        "kỳ",
        "khóa",
        "khoá",
        "đợt",
        "lô",
        "trạm",
        "bến",
        "cổng",
        "quầy",
        "căn",
        "tuyến",
        "km",
        "đt",
        "sđt",
        "tel",
        "hotline",
    ]
)

# Words before an ordinal.
_ORDINAL_HEADS = frozenset({"thứ", "hạng", "top", "lần", "tốp"})


class Reference(NamedTuple):
    """A naming number over tokens ``first`` to ``stop``."""

    kind: QuantityKind
    first: int
    stop: int


def read_reference(tokens: Sequence[Token], reading: Reading) -> Reference | None:
    """Code, document number or ordinal that ``reading`` is by its shape and the word before it; or None."""
    stop = _document_stop(tokens, reading)
    if stop is not None:
        return Reference("code", reading.first, stop)
    if tokens[reading.first - 1].key == "thứ":
        return Reference("ordinal", reading.first, reading.stop)
    if reading.form == "roman":
        return Reference("ordinal", reading.first, reading.stop)
    if reading.spelled:
        return None
    if _is_glued(tokens, reading) or _is_long(tokens, reading):
        return Reference("code", reading.first, _code_stop(tokens, reading.stop))
    if _is_labelled(tokens, reading):
        return Reference("code", reading.first, reading.stop)
    return None


def _document_stop(tokens: Sequence[Token], reading: Reading) -> int | None:
    """End of a document number such as "84/NQ-CP" or "15/2018/NĐ-CP"."""
    stop = reading.stop
    if tokens[stop].key != "/" or reading.spelled or reading.scale != 1:
        return None
    if tokens[stop + 1].kind == "number" and tokens[stop + 2].key == "/":
        stop += 2
    word = tokens[stop + 1]
    if word.kind != "word" or not word.text.isupper() or len(word.text) < 2:
        return None
    stop += 2
    while tokens[stop].key in {"-", "/"} and tokens[stop + 1].text.isupper():
        stop += 2
    return stop


def _is_glued(tokens: Sequence[Token], reading: Reading) -> bool:
    """Whether letters stand right before or behind the digits, or a hyphen joins them to a name."""
    before, earlier = tokens[reading.first - 1], tokens[reading.first - 2]
    if is_joined(tokens, reading.first) and before.kind == "word":
        return read_unit(tokens, reading.first - 1) is None
    hyphen = before.key in {"-", "–"} and not tokens[reading.first].spaced and earlier.kind == "word"
    if hyphen and (not before.spaced or is_capital(earlier)):
        return read_unit(tokens, reading.stop) is None or not before.spaced
    after = tokens[reading.stop]
    if is_joined(tokens, reading.stop) and after.kind == "word":
        return read_unit(tokens, reading.stop) is None
    suffixed = tokens[reading.stop - 1]
    return suffixed.text in {"G", "K", "M"} and reading.length <= 2 and read_unit(tokens, reading.stop) is None


def _is_long(tokens: Sequence[Token], reading: Reading) -> bool:
    if reading.form == "broken" or (reading.leading_zero and reading.form == "integer" and reading.length > 2):
        return True
    plain = reading.stop == reading.first + 1 and reading.scale == 1
    return plain and reading.length > _LONGEST_COUNT and read_unit(tokens, reading.stop) is None


def _code_stop(tokens: Sequence[Token], stop: int) -> int:
    """End of what is written in one piece with a code."""
    while is_joined(tokens, stop) and tokens[stop].kind in {"word", "number"}:
        stop += 1
    return stop


def _is_labelled(tokens: Sequence[Token], reading: Reading) -> bool:
    """Whether the word before the number is a label and no unit of measure follows."""
    before, earlier = tokens[reading.first - 1], tokens[reading.first - 2]
    if reading.scale != 1 or reading.form == "fraction":
        return False
    unit = read_unit(tokens, reading.stop)
    if unit is not None and unit.kind != "time":
        return False
    if before.key == "số":
        return earlier.key not in {"trong", "tổng", "một", "có", "tỷ", "tỉ", "con", "dân"}
    return (earlier.key, before.key) in _LABEL_PAIRS or before.key in _SINGLE_LABELS
