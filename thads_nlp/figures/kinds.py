"""What kind of number an amount is: a reported figure, a duration, an age, a code, or a count in passing."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from thads_nlp.figures.amounts import Amount
from thads_nlp.figures.lexer import Token, is_lower_word
from thads_nlp.figures.lexicon import CHANGES, TIME_UNITS, WHOLES, vocabulary
from thads_nlp.figures.number_words import DIGITS
from thads_nlp.schema import Approx, QuantityKind

# How far the words that decide may stand from the number, in tokens.
_REACH = 5

# Behind a duration these make it a figure: streaks and sentences.
_STREAKS = vocabulary("liên_tiếp liên_tục liền_mạch")
_PENALTIES = vocabulary("tù treo")

# What happens to people; a small count of them in words is the news itself.
_CASUALTIES = vocabulary("chết tử_vong thiệt_mạng bị_thương thương_vong mất_tích bị_nạn hy_sinh nguy_kịch nhập_viện")

# What is done to suspects; behind it a small count of people in words is news too ("bắt giữ bảy nghi can").
_ARRESTS = vocabulary("bắt bắt_giữ bắt_giam khởi_tố truy_tố tạm_giữ tạm_giam triệu_tập giam_giữ")
_SUSPECTS = vocabulary("nghi_can nghi_phạm bị_can bị_cáo đối_tượng người tên kẻ")

# Heads of lists: "ba giải pháp", "bốn nhiệm vụ sau".
_LIST_HEADS = vocabulary(
    """
    giải_pháp nhiệm_vụ vấn_đề nội_dung yếu_tố lý_do lí_do nguyên_nhân bước cách điều điểm ý kịch_bản phương_án kiến_nghị
    đề_xuất câu_hỏi mục_tiêu nguyên_tắc tiêu_chí nhóm_giải_pháp khía_cạnh bài_học thông_điệp yêu_cầu hạn_chế việc lưu_ý
    """
)

# Behind "cả" so few are people or sides known already: "cả 2 bỏ chạy", "cả 3 bên".
_MOST_BOTH = 10

# Before a single piece: what each of them has or costs.
_EACH = frozenset({"trong", "của", "mỗi"})

# Words that make a fraction a reported share or multiple.
_SHARE_CUES = vocabulary(
    "chiếm giảm tăng còn mất bằng cắt hạ đạt hơn gần khoảng quá tới đến chừng xấp_xỉ trên dưới ngót"
)


def kind_of(tokens: Sequence[Token], amount: Amount, approx: Approx | None) -> QuantityKind:
    """Kind of an amount by its unit and its place."""
    if amount.kind == "age":
        return "quantity" if _is_average(tokens, amount.first) else "age"
    if amount.kind == "time":
        return _duration_kind(tokens, amount)
    if amount.kind == "fraction":
        return _fraction_kind(tokens, amount, approx)
    if amount.kind == "none":
        return "quantity" if _is_written_as_amount(tokens, amount) else "code"
    if amount.reading.form == "multiple" or amount.kind in {"money", "percent"}:
        return "quantity"
    if amount.reading.spelled and abs(amount.value) < 10:
        return _small_kind(tokens, amount, approx)
    if amount.kind == "times" and amount.value == 1:
        return "incidental"
    if tokens[amount.first - 1].key == "cả" and amount.value <= _MOST_BOTH:
        return "incidental"
    if amount.kind == "noun" and (_opens_list(tokens, amount) or _points_back(tokens, amount)):
        return "incidental"
    if _is_piece(tokens, amount) or _is_rank(tokens, amount):
        return "incidental"
    return "quantity"


def _is_written_as_amount(tokens: Sequence[Token], amount: Amount) -> bool:
    """Whether a number without a unit has thousands marks or a decimal comma, as names have not ("lên 180.000")."""
    reading = amount.reading
    marks = {token.key for token in tokens[reading.first : reading.stop]}
    if reading.spelled or reading.padded or reading.form == "broken":
        return False
    return "," in marks or ("." in marks and reading.form == "integer")


def _is_average(tokens: Sequence[Token], first: int) -> bool:
    """Whether an age is a statistic ("tuổi thọ bình quân 73,6 tuổi")."""
    keys = [token.key for token in tokens[max(first - _REACH - 2, 0) : first]]
    return "thọ" in keys or any(pair in {("bình", "quân"), ("trung", "bình")} for pair in pairwise(keys))


def _is_mean(tokens: Sequence[Token], first: int) -> bool:
    """Whether "trung bình" or "bình quân" stands right before the number."""
    return (tokens[first - 2].key, tokens[first - 1].key) in {("trung", "bình"), ("bình", "quân")}


def _duration_kind(tokens: Sequence[Token], amount: Amount) -> QuantityKind:
    """Durations locate in time unless they are a rate, a mean, a streak, a sentence or a change."""
    if "/" in amount.unit or _is_mean(tokens, amount.first):
        return "quantity"
    stop = _compound_stop(tokens, amount.stop)
    after = tokens[stop].key
    if f"{after} {tokens[stop + 1].key}" in _STREAKS or after in _PENALTIES or after == "liền":
        return "quantity"
    if tokens[amount.first - 1].key == "tù" or after in {"cải", "quản"}:
        return "quantity"
    before = amount.first - 1
    while tokens[before].key in {"thêm", "hơn", "gần", "khoảng", "ngắn", "giảm", "tăng", "tới", "đến"}:
        if tokens[before].key in {"giảm", "tăng", "thêm", "ngắn"}:
            return "quantity"
        before -= 1
    return "duration"


def _compound_stop(tokens: Sequence[Token], stop: int) -> int:
    """End of a duration with a second part ("2 năm 6 tháng", "7 năm và hai tháng")."""
    second = stop + (tokens[stop].key == "và")
    number = tokens[second].kind == "number" or tokens[second].key in DIGITS
    return second + 2 if number and tokens[second + 1].key in TIME_UNITS else stop


def _fraction_kind(tokens: Sequence[Token], amount: Amount, approx: Approx | None) -> QuantityKind:
    if not amount.unit:
        return "code"
    after, before = tokens[amount.stop].key, tokens[amount.first - 1].key
    if after in WHOLES or approx is not None or before in _SHARE_CUES:
        return "quantity"
    half = amount.reading.spelled and amount.reading.parts is None
    return "quantity" if not half and is_lower_word(tokens[amount.stop]) else "incidental"


def _small_kind(tokens: Sequence[Token], amount: Amount, approx: Approx | None) -> QuantityKind:
    """Kind of a spelled number below ten: news only as a measure, a change or a casualty."""
    if amount.kind == "physical":
        return "quantity" if amount.value != 1 or approx is not None else "incidental"
    before = [token.key for token in tokens[amount.first - 2 : amount.first]]
    before = before[before.index(",") + 1 :] if "," in before else before
    if CHANGES.intersection(before):
        return "quantity"
    if amount.kind in {"times", "count"}:
        return "quantity" if "gấp" in before else "incidental"
    return "quantity" if _is_casualty(tokens, amount.stop) or _is_arrest(tokens, amount) else "incidental"


def _is_arrest(tokens: Sequence[Token], amount: Amount) -> bool:
    """Whether people are arrested or charged in the words right before their count."""
    if amount.unit not in _SUSPECTS:
        return False
    last, pair = tokens[amount.first - 1].key, f"{tokens[amount.first - 2].key} {tokens[amount.first - 1].key}"
    return last in _ARRESTS or pair in _ARRESTS


def _is_casualty(tokens: Sequence[Token], index: int) -> bool:
    """Whether people die, are hurt or missing in the words from ``index`` on."""
    for at in range(index, index + _REACH):
        key = tokens[at].key
        if tokens[at].kind != "word":
            return False
        if key in _CASUALTIES or f"{key} {tokens[at + 1].key}" in _CASUALTIES:
            return True
    return False


def _points_back(tokens: Sequence[Token], amount: Amount) -> bool:
    """Whether few things are known already: "3 luật này"."""
    return tokens[amount.stop].key == "này" and amount.value <= _MOST_BOTH


def _is_piece(tokens: Sequence[Token], amount: Amount) -> bool:
    """Whether something is said of each piece: "thuế trong 1 lít xăng", "giá của 1 hộp sữa"."""
    return amount.value == 1 and amount.kind in {"noun", "physical"} and tokens[amount.first - 1].key in _EACH


def _is_rank(tokens: Sequence[Token], amount: Amount) -> bool:
    """Whether the number says how far ahead something is: "một trong 10 tỉnh dẫn đầu"."""
    before = tokens[amount.first - 2].key, tokens[amount.first - 1].key
    return amount.kind == "noun" and before == ("một", "trong")


def _opens_list(tokens: Sequence[Token], amount: Amount) -> bool:
    """Whether a count announces a list: "3 giải pháp sau", "4 điểm:"."""
    after = tokens[amount.stop].key
    if after == ":":
        return True
    if after == "sau" and tokens[amount.stop + 1].key in {":", "đây"}:
        return True
    if amount.unit not in _LIST_HEADS or amount.value > 20:
        return False
    return any(token.key in {":", "sau"} for token in tokens[amount.stop : amount.stop + _REACH + 3])
