"""Numerals: digits, number words of both dialects, offsets, bounds."""

from __future__ import annotations

import random
import unicodedata
from dataclasses import dataclass
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from thads_nlp.figures.numerals import Numeral, find_numerals, parse_number


@dataclass(frozen=True)
class Dialect:
    """How a region spells numbers; ``full`` says every empty group between two others."""

    thousand: str
    odd: str
    four: str
    five: str
    seven: str
    billion: str
    full: bool = False


NORTH = Dialect("nghìn", "linh", "tư", "lăm", "bảy", "tỷ")
SOUTH = Dialect("ngàn", "lẻ", "bốn", "lăm", "bảy", "tỉ", full=True)
OLD = Dialect("nghìn", "lẻ", "tư", "nhăm", "bẩy", "tỷ")
DIALECTS = (NORTH, SOUTH, OLD)

UNITS = ["không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín"]


def spell(number: int, dialect: Dialect) -> str:
    """A whole number in words as it is read aloud."""
    if number == 0:
        return "không"
    billions, rest = divmod(number, 10**9)
    words = [f"{spell(billions, dialect)} {dialect.billion}"] if billions else []
    if rest:
        words.append(_below_billion(rest, dialect, follows=bool(billions)))
    return " ".join(words)


def _below_billion(number: int, dialect: Dialect, *, follows: bool) -> str:
    words: list[str] = []
    for size, name in ((10**6, "triệu"), (10**3, dialect.thousand), (1, "")):
        group, number = divmod(number, size)
        started = follows or bool(words)
        if group:
            words.append(f"{_group(group, dialect, started)} {name}".strip())
        elif dialect.full and started and number:
            words.append(f"không {name}".strip())
    return " ".join(words)


def _group(group: int, dialect: Dialect, follows: bool) -> str:
    hundreds, rest = divmod(group, 100)
    tens, unit = divmod(rest, 10)
    words = [f"{_digit(hundreds, dialect)} trăm"] if hundreds or follows else []
    if tens:
        words.append("mười" if tens == 1 else f"{_digit(tens, dialect)} mươi")
    elif unit and words:
        words.append(dialect.odd)
    if unit:
        words.append(_unit(unit, tens, dialect))
    return " ".join(words)


def _unit(unit: int, tens: int, dialect: Dialect) -> str:
    if tens >= 1 and unit == 5:
        return dialect.five
    if tens >= 2 and unit in {1, 4}:
        return "mốt" if unit == 1 else dialect.four
    return _digit(unit, dialect)


def _digit(digit: int, dialect: Dialect) -> str:
    return dialect.seven if digit == 7 else UNITS[digit]


@pytest.mark.parametrize("dialect", DIALECTS, ids=["north", "south", "old"])
def test_spelled_integers(dialect):
    for number in [*range(0, 1_000_001, 97), 10**6]:
        assert parse_number(spell(number, dialect)) == number, spell(number, dialect)


@pytest.mark.slow
@pytest.mark.parametrize("dialect", DIALECTS, ids=["north", "south", "old"])
def test_all_spelled_integers_to_a_million(dialect):
    for number in range(1_000_001):
        assert parse_number(spell(number, dialect)) == number, spell(number, dialect)


@pytest.mark.parametrize("dialect", DIALECTS, ids=["north", "south", "old"])
def test_large_spelled_integers(dialect):
    source = random.Random(20)
    for _ in range(2_000):
        number = source.randrange(10 ** source.randint(1, 15))
        assert parse_number(spell(number, dialect)) == number, spell(number, dialect)


@pytest.mark.parametrize("dialect", DIALECTS, ids=["north", "south", "old"])
@pytest.mark.parametrize("point", ["phẩy", "chấm"])
def test_spelled_decimals(dialect, point):
    source = random.Random(7)
    for _ in range(500):
        whole = source.randrange(10 ** source.randint(1, 6))
        digits = "".join(source.choice("0123456789") for _ in range(source.randint(1, 4)))
        said = " ".join(_digit(int(digit), dialect) for digit in digits)
        assert parse_number(f"{spell(whole, dialect)} {point} {said}") == Decimal(f"{whole}.{digits}")


def test_spelled_numbers_in_a_sentence_keep_their_place():
    source = random.Random(3)
    for _ in range(300):
        number = source.randrange(21, 10**9)
        words = spell(number, NORTH)
        text = f"Cả vùng thu được {words} đồng trong vụ này."
        (numeral,) = find_numerals(text)
        assert (numeral.text, numeral.value) == (words, number)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1.234", "1234"), ("1,5", "1.5"), ("1.234,5", "1234.5"), ("1,234.5", "1234.5"), ("12.345.678", "12345678"),
        ("12,345,678", "12345678"), ("250,000", "250000"), ("3.14", "3.14"), ("0,125", "0.125"), ("0.125", "0.125"),
        ("4.816.3", "4816.3"), (",25", "0.25"), (".25", "0.25"), ("-,5", "-0.5"), ("007", "7"),
        ("1 250 000", "1250000"),
        ("50K", "50000"), ("50k", "50000"), ("2.5M", "2500000"), (".004G", "4000000"), ("-3,5", "-3.5"),
        ("- 40", "-40"),
        ("âm 12,5", "-12.5"), ("âm mười hai", "-12"), ("+8", "8"), ("1/2", "0.5"), ("2/3", "0.666667"), ("¼", "0.25"),
        ("1½", "1.5"), ("hai phần ba", "0.666667"), ("ba phần tư", "0.75"), ("1 phần 3", "0.333333"),
        ("một nửa", "0.5"),
    ],
)  # fmt: skip
def test_digits_and_fractions(text, value):
    assert parse_number(text) == Decimal(value)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("3 triệu 450 nghìn", "3450000"), ("4 tỉ rưỡi", "4500000000"), ("nửa tỷ", "500000000"), ("12 vạn", "120000"),
        ("hai vạn rưỡi", "25000"), ("7 nghìn tỷ", "7000000000000"), ("ba trăm nghìn tỷ", "300000000000000"),
        ("2 nghìn 300 tỉ", "2300000000000"), ("1,25 tỷ", "1250000000"), ("1,230 tỷ", "1230000000"),
        ("1.230 tỷ", "1230000000000"), ("5 trăm triệu", "500000000"), ("3 chục nghìn", "30000"),
        ("2 triệu 500.000", "2500000"), ("năm nghìn phẩy hai", "5000.2"),
        ("4 nghìn 750", "4750"), ("6tr", "6000000"), ("hai mươi lăm", "25"), ("hai nhăm", "25"), ("ba mốt", "31"),
        ("bốn tư", "44"), ("hăm hai", "22"), ("một trăm rưỡi", "150"), ("trăm", "100"), ("một trăm hai", "120"),
        ("nghìn", "1000"), ("ba nghìn tám", "3800"), ("một triệu tư", "1400000"), ("hai rưỡi", "2.5"),
        ("một nghìn lẻ một", "1001"), ("không phẩy không năm", "0.05"), ("ba phẩy mười bốn", "3.14"),
        ("hai phẩy 75", "2.75"), ("bốn phẩy năm triệu", "4500000"), ("hai mươi năm nghìn", "25000"),
        ("một triệu tỷ", "1e15"), ("trăm bảy", "170"), ("nghìn rưỡi", "1500"), ("bảy sáu", "76"),
        ("ba tỷ lẻ bốn triệu", "3004000000"), ("năm trăm ba tư", "534"), ("năm trăm ba bảy", "537"),
    ],
)  # fmt: skip
def test_scales_and_traps(text, value):
    assert parse_number(text) == Decimal(value)


@pytest.mark.parametrize(
    "text", ["", "năm nay", "không có", "1/0", "12.4.2019", "1.2.3.4", "mươi", "linh năm", "9" * 41]
)
def test_no_number(text):
    assert parse_number(text) is None


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Năm người dân báo tin trong năm nay.", ["Năm"]),
        ("Hai mươi năm qua, khu này không có trường.", ["Hai mươi"]),
        ("Mỗi năm có hai ba người tới xem.", []),
        ("Ông Tư và anh Ba không đi.", []),
        ("Bệnh viện tư nhân tiếp nhận bốn ca.", ["bốn"]),
        ("Hàng chục năm nay, vài ba hộ ở lại.", []),
        ("Trong quý cuối của năm công tác và năm học", []),
        ("Một số hộ vay một trăm năm mươi triệu đồng.", ["một trăm năm mươi triệu"]),
        ("Nhiệt độ xuống âm 5 độ, rồi -7 độ.", ["âm 5", "-7"]),
        ("Tên lửa S -400 và máy bay Su-35", ["400", "35"]),
        ("Giá tăng gấp đôi, có nơi gấp ba.", ["gấp đôi", "gấp ba"]),
        ("Kết quả quý III và khóa XIV", ["III", "XIV"]),
        ("Cả hai tỷ phú và ba triệu chứng", ["hai", "ba"]),
        ("từ 12-15 và 3 – 4", ["12", "15", "3", "4"]),
    ],
)
def test_words_are_numbers_only_where_they_are(text, found):
    assert [numeral.text for numeral in find_numerals(text)] == found


def test_decomposed_text_reads_the_same():
    text = unicodedata.normalize("NFD", "hai mươi mốt nghìn")
    assert parse_number(text) == 21000


WORDS = st.sampled_from(
    """
    không một hai ba bốn tư năm lăm mười mươi mốt trăm linh lẻ nghìn vạn triệu tỷ rưỡi nửa phẩy phần âm gấp đôi đồng
    người % / - – . , ¼ ² 1 12 2019 1.250 3,5 000 9999999999 K G $ quý III tháng ngày
    """.split()
)
TEXTS = st.one_of(
    st.text(max_size=80),
    st.lists(st.tuples(WORDS, st.sampled_from(["", " ", "  ", "\u00a0"])), max_size=25).map(
        lambda pairs: "".join(word + space for word, space in pairs)
    ),
)


@settings(max_examples=400)
@given(TEXTS)
def test_numerals_slice_and_do_not_overlap(text):
    last = 0
    for numeral in find_numerals(text):
        assert isinstance(numeral, Numeral)
        assert text[numeral.start : numeral.end] == numeral.text
        assert last <= numeral.start < numeral.end
        last = numeral.end


@settings(max_examples=300)
@given(TEXTS)
def test_parse_number_never_raises(text):
    value = parse_number(text)
    assert value is None or value.is_finite()


@given(st.integers(min_value=0, max_value=10**18), st.sampled_from([",", "."]))
def test_grouped_digits(number, separator):
    assert parse_number(f"{number:,}".replace(",", separator)) == number or number < 10**6


@pytest.mark.parametrize("text", ["1" * 4_000, "1." * 4_000, "1.234." * 1_000, "một triệu " * 2_000, "/" * 4_000])
def test_long_input_is_bounded(text):
    for numeral in find_numerals(text):
        assert len(numeral.value.as_tuple().digits) <= 120
