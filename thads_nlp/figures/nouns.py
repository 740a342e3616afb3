"""Counted nouns: the word behind a number, by word segmentation and the order of Vietnamese noun phrases.

A noun phrase is number, classifier, head, modifiers. The unit of a count is its first word ("tài khoản", "vụ",
"bất động sản"); a classifier of things takes in a head of one syllable ("cây cầu", "đoàn tàu"), and a classifier
that says nothing alone takes in the next word whatever its length ("lượt nhân khẩu", "khoản đầu tư").
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from thads_nlp.figures.lexer import Token, is_lower_word

# Longest stretch of syllables handed to the segmenter: a classifier and a head of up to four.
_WINDOW = 6

# Classifiers that are empty without the noun behind them.
_EMPTY = frozenset({"lượt", "khoản", "loại"})

# Classifiers of things; the head of one syllable belongs to the unit.
_THINGS = frozenset({
    "cây", "con", "căn", "ngôi", "đoàn", "tòa", "toà", "quả", "trái", "tấm", "tờ", "bức", "thửa", "hộ", "bộ", "suất",
    "viên", "hạt", "bài", "chuyến", "mẫu", "cuốn", "lô", "mảnh", "đội", "tổ", "khu", "tuyến", "bông", "khẩu", "sợi",
    "đàn", "giàn", "khối", "làn", "phần", "cuộc", "cặp", "cửa", "điểm", "xe", "nhà", "trạm",
})  # fmt: skip

# Lexical words of two syllables that segmenters split.
_WORDS = frozenset({("vụ", "án"), ("vụ", "việc"), ("ca", "bệnh"), ("ca", "mắc"), ("người", "dân")})

# Words that cannot head a counted noun: function words, and predicates that follow dates, scores and code numbers.
NOT_NOUNS = frozenset(
    [
        "là",
        "của",
        "và",
        "với",
        "hoặc",
        "hay",
        "nhưng",
        "mà",
        "thì",
        "nên",
        "vì",
        "do",
        "bởi",
        "để",
        "cho",
        "từ",
        "đến",
        "tới",
        "lên",
        "xuống",
        "vào",
        "ra",
        "qua",
        "lại",
        "về",
        "theo",
        "trong",
        "ngoài",
        "trên",
        "dưới",
        "trước",
        "sau",
        "giữa",
        "gần",
        "cạnh",
        "tại",
        "ở",
        "khi",
        "lúc",
        "nếu",
        "tuy",
        "dù",
        "nhờ",
        "bằng",
        "như",
        "so",
        "cùng",
        "cả",
        "các",
        "những",
        "mọi",
        "mỗi",
        "từng",
        "này",
        "đó",
        "kia",
        "ấy",
        "nay",
        "rồi",
        "đã",
        "đang",
        "sẽ",
        "vừa",
        "mới",
        "sắp",
        "vẫn",
        "còn",
        "cũng",
        "đều",
        "chỉ",
        "không",
        "chưa",
        "chẳng",
        "có",
        "bị",
        "được",
        "phải",
        "cần",
        "nên",
        "hãy",
        "đừng",
        "rất",
        "quá",
        "lắm",
        "hơn",
        "nhất",
        "thêm",
        "nữa",
        "luôn",
        "ngay",
        "cũng",
        "tuy",
        "nhằm",
        "gồm",
        "đạt",
        "tăng",
        "giảm",
        "làm",
        "khiến",
        "gây",
        "thuộc",
        "đối",
        "đi",
        "đứng",
        "nằm",
        "chiếm",
        "xảy",
        "nhận",
        "mang",
        "gửi",
        "cho_biết",
        "nói",
        "thấy",
        "biết",
        "trở",
        "diễn",
        "liên",
        "khoảng",
        "chừng",
        "tầm",
        "ước",
        "trung",
        "bình",
        "quân",
        "tương",
        "hiện",
        "dự",
        "sử",
        "được",
        "đầu",
        "cuối",
        "bao",
        "kể",
        "tiếp",
        "tục",
        "liền",
        "mất",
        "bắt",
        "giúp",
        "đưa",
        "lấy",
        "ghi",
        "cao",
        "thấp",
        "lớn",
        "nhỏ",
        "nhiều",
        "ít",
        "dài",
        "ngắn",
        "mạnh",
        "nhẹ",
        "nhanh",
        "chậm",
        "đúng",
        "thông",
        "tức",
        "nghĩa",
        "ai",
        "gì",
        "nào",
        "đâu",
        "sao",
        "vậy",
        "thế",
        "đây",
        "bây",
        "hồi",
        "vượt",
        "kém",
        "thua",
        "thắng",
        "hòa",
        "hoà",
        "dẫn",
        "trị",
        "giá",
        "mức",
        "riêng",
        "chính",
        "đủ",
    ]
)

# Words of several syllables that are no nouns, though segmenters make them one word.
_NOT_NOUN_WORDS = frozenset({
    "cho biết", "tiếp tục", "trở lên", "trở xuống", "trở đi", "trở lại", "trước đó", "sau đó", "hiện nay", "trong đó",
    "tuy nhiên", "bao gồm", "xảy ra", "tăng trưởng", "đối với", "dự kiến", "so với", "liên quan", "liên tiếp", "đến nay",
    "vừa qua", "qua đời", "cùng với", "bên cạnh", "có thể", "có mặt", "sẽ có", "sử dụng", "thực hiện", "tổ chức",
    "phối hợp", "quyết định", "bắt đầu", "kết thúc", "diễn ra", "đã có", "tương đương", "tương ứng", "không có", "không thể",
    "ngày trước", "năm ngoái", "chung cuộc", "đang là", "để lại", "ra đời", "trung bình", "đi qua", "đi vào", "lên đến",
    "xuống còn", "lên tới", "trong khi", "mặc dù", "cũng như", "ít nhất", "gần như", "cho đến", "cho thấy", "hay không",
})  # fmt: skip


class Noun(NamedTuple):
    """Counted noun in lower case, up to token ``stop``."""

    name: str
    stop: int


def read_noun(text: str, tokens: Sequence[Token], index: int, words: Mapping[int, int] | None = None) -> Noun | None:
    """Counted noun that begins at token ``index``; None if no lower-case noun stands there.

    Args:
        text: The text that the tokens come from.
        tokens: Tokens with edge tokens around.
        index: Token right behind the number.
        words: Ends of the words of ``text`` by their starts if it is segmented already; otherwise the syllables
            behind the number are handed to the segmenter.
    """
    last = index
    while last < index + _WINDOW and is_lower_word(tokens[last]) and (last == index or tokens[last].spaced):
        last += 1
    if last == index:
        return None
    lengths = _word_lengths(text, tokens, index, last, words)
    first = " ".join(token.key for token in tokens[index : index + lengths[0]])
    if first in NOT_NOUNS or first in _NOT_NOUN_WORDS:
        return None
    stop = index + lengths[0]
    if len(lengths) > 1 and lengths[0] == 1 and _takes_head(tokens, index, lengths[1]):
        stop += lengths[1]
    return Noun(" ".join(token.key for token in tokens[index:stop]), stop)


def _takes_head(tokens: Sequence[Token], index: int, length: int) -> bool:
    """Whether the classifier at ``index`` takes in the next word, which has ``length`` syllables."""
    classifier, head = tokens[index].key, tokens[index + 1].key
    if (classifier, head) in _WORDS and length == 1:
        return True
    if head in NOT_NOUNS:
        return False
    return classifier in _EMPTY or (classifier in _THINGS and length == 1)


def _word_lengths(
    text: str, tokens: Sequence[Token], index: int, last: int, words: Mapping[int, int] | None
) -> tuple[int, ...]:
    """Syllables of the first two words from token ``index`` on."""
    if last == index + 1:
        return (1,)
    ends = _segment(text, tokens[index].start, tokens[last - 1].end) if words is None else words
    lengths: list[int] = []
    at = index
    while at < last and len(lengths) < 2:
        end = ends.get(tokens[at].start, tokens[at].end)
        stop = at + 1
        while stop < last and tokens[stop].end <= end:
            stop += 1
        lengths.append(stop - at)
        at = stop
    return tuple(lengths)


def _segment(text: str, start: int, end: int) -> dict[int, int]:
    """Word starts and ends of ``text[start:end]`` as offsets into ``text``."""
    from thads_nlp.text.segment import segment_words

    return {start + word.start: start + word.end for word in segment_words(text[start:end])}
