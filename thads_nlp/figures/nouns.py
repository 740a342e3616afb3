"""Counted nouns: the word behind a number, by word segmentation and the order of Vietnamese noun phrases.

A noun phrase is number, classifier, head, modifiers. The unit of a count is its first word ("tài khoản", "vụ",
"bất động sản"); a classifier of things takes in a head of one syllable ("cây cầu", "đoàn tàu"), and a classifier
that says nothing alone takes in the next word whatever its length ("lượt nhân khẩu", "khoản đầu tư").
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from thads_nlp.figures.lexer import Source, Token, is_capital, is_lower_word
from thads_nlp.figures.lexicon import NOT_NOUNS, TIME_UNITS, vocabulary
from thads_nlp.text.segment import segment_words

# Longest stretch of syllables handed to the segmenter: a classifier and a head of up to four.
_WINDOW = 6

# Classifiers and first syllables of compounds that are empty without the word behind them.
_EMPTY = vocabulary(
    """
    lượt khoản loại khu suất bộ cựu phó nguyên tử cổ thuỷ thủy bảo phi nghi thiếu siêu đặc đại vi ngư phân trưởng
    """
)

# Classifiers of things; a head of one syllable belongs to the unit. Classifiers of events ("vụ", "ca", "trận") and
# the bare "chiếc" and "con" stand alone.
_THINGS = vocabulary(
    """
    cây căn ngôi ổ đoàn tòa toà quả trái tấm tờ bức thửa hộ viên hạt bài chuyến mẫu cuốn lô mảnh đội tổ tuyến bông
    khẩu sợi đàn giàn khối làn phần cuộc cặp cửa nhà trạm xe đôi
    """
)

# Lexical words of two syllables that segmenters split.
_WORDS = vocabulary("vụ_án vụ_việc ca_bệnh ca_mắc người_dân thứ_tiếng chuyến_bay tiêm_kích phiến_quân")


# What is counted by "đầu" ("16 nghìn đầu xe"); elsewhere the word is "first" or "head".
_UNITS_OF_HEADS = vocabulary("xe sách báo việc máy mối tàu lợn bò trâu cầu đạn")

# Administrative units of one level under two names, which are counted as one: "22 tỉnh, thành".
_PAIRED = {
    "tỉnh": vocabulary("thành thành_phố"),
    "huyện": vocabulary("thành_phố thị_xã thị quận"),
    "quận": vocabulary("huyện thị_xã"),
    "xã": vocabulary("phường thị_trấn"),
    "phường": vocabulary("xã thị_trấn"),
    "bộ": vocabulary("ngành"),
    "sở": vocabulary("ngành ban_ngành"),
}

# Offices and bodies that are counted with a capital ("5 Tổng công ty", "63 Sở Y tế").
_BODIES = vocabulary(
    """
    tổng_công_ty công_ty tập_đoàn bộ sở ban trung_tâm cục vụ chi_cục tổng_cục tỉnh thành_phố huyện xã phường quận uỷ_ban
    ủy_ban đại_biểu nhà_máy trường bệnh_viện viện ngân_hàng doanh_nghiệp hội hiệp_hội học_viện chi_nhánh đoàn đội thị_xã
    thứ_trưởng bộ_trưởng phó_chủ_tịch phó_giám_đốc phó_thủ_tướng đảng nghị_định thông_tư nghị_quyết luật khu_công_nghiệp
    """
)
_LONGEST_BODY = 3


# Short forms of things and people that are counted: "2 triệu ATM", "500 DN".
_SHORT_FORMS = vocabulary("atm pos sim dn dnnn htx hs sv gv cbcnv")

# What happens to houses, behind their number: "1.486 nhà đổ sập".
_DAMAGE = vocabulary("đổ sập tốc cháy ngập trôi vỡ hỏng hư sạt lún nứt xiêu")


class Noun(NamedTuple):
    """Counted noun in lower case, up to token ``stop``."""

    name: str
    stop: int


def read_noun(source: Source, index: int) -> Noun | None:
    """Counted noun that begins at token ``index``; None if no lower-case noun stands there.

    Where the source is not segmented, the few syllables behind the number are handed to the segmenter.
    """
    tokens = source.tokens
    last = index
    while last < index + _WINDOW and is_lower_word(tokens[last]) and (last == index or tokens[last].spaced):
        last += 1
    if last == index:
        return None
    if tokens[index].key == "đầu" and tokens[index + 1].key in _UNITS_OF_HEADS:
        return Noun(_name(tokens, index, index + 2), index + 2)
    first, second = _word_lengths(source, index, last)
    if _name(tokens, index, index + first) in NOT_NOUNS or (tokens[index].key in TIME_UNITS and first == 1):
        return None
    stop = index + first
    if first == 1 and second and _takes_head(tokens, index, second):
        stop += second
    return _paired(tokens, index, stop)


def _paired(tokens: Sequence[Token], index: int, stop: int) -> Noun:
    """The noun over tokens ``index`` to ``stop``, with the second name of an administrative unit behind a comma."""
    name = _name(tokens, index, stop)
    for length in (2, 1):
        end = stop + 1 + length
        if tokens[stop].key == "," and _name(tokens, stop + 1, end) in _PAIRED.get(name, ()):
            return Noun(f"{name}, {_name(tokens, stop + 1, end)}", end)
    return Noun(name, stop)


def read_body(tokens: Sequence[Token], index: int) -> Noun | None:
    """Office, body or short form in capitals that is counted at token ``index``, or None."""
    if not is_capital(tokens[index]):
        return None
    if tokens[index].key in _SHORT_FORMS and tokens[index].text.isupper():
        return Noun(tokens[index].key, index + 1)
    for stop in range(index + _LONGEST_BODY, index, -1):
        if _name(tokens, index, stop) in _BODIES:
            return Noun(_name(tokens, index, stop), stop)
    return None


def _name(tokens: Sequence[Token], first: int, stop: int) -> str:
    return " ".join(token.key for token in tokens[first:stop])


def _takes_head(tokens: Sequence[Token], index: int, length: int) -> bool:
    """Whether the classifier at ``index`` takes in the next word, which has ``length`` syllables."""
    classifier, head = tokens[index].key, tokens[index + 1].key
    if length == 1 and f"{classifier} {head}" in _WORDS:
        return True
    if head in _DAMAGE or _name(tokens, index + 1, index + 1 + length) in NOT_NOUNS:
        return False
    return classifier in _EMPTY or (classifier in _THINGS and length == 1)


def _word_lengths(source: Source, index: int, last: int) -> tuple[int, int]:
    """Syllables of the first and second word from token ``index`` on; 0 for a word that is not there."""
    if last == index + 1:
        return 1, 0
    tokens, ends = source.tokens, source.ends
    if ends is None:
        ends = _segment(source.text, tokens[index].start, tokens[last - 1].end)
    middle = _word_stop(tokens, index, last, ends)
    return middle - index, _word_stop(tokens, middle, last, ends) - middle if middle < last else 0


def _word_stop(tokens: Sequence[Token], index: int, last: int, ends: Mapping[int, int]) -> int:
    """Token behind the word that begins at ``index``."""
    end = ends.get(tokens[index].start, tokens[index].end)
    stop = index + 1
    while stop < last and tokens[stop].end <= end:
        stop += 1
    return stop


def _segment(text: str, start: int, end: int) -> dict[int, int]:
    """Word starts and ends of ``text[start:end]`` as offsets into ``text``."""
    return {start + word.start: start + word.end for word in segment_words(text[start:end])}
