"""Whether a text opens with a reference to something outside it: "Theo đó", "Điều này", a bare "ông" or "Thứ trưởng".

A headline or summary stands alone, so its first phrase may neither continue a discourse ("Tuy nhiên") nor point back
("vụ việc này") nor name somebody by a pronoun or an office alone. The rules are word classes, not a list of openings.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from thads_nlp.model.offices import (
    ADDRESSES,
    BARE_OFFICES,
    BODIES,
    OFFICES,
    THIRD_PERSONS,
    longest_phrase,
    phrases,
    words,
)
from thads_nlp.model.tokens import Token, tokenize_with_marks

# "(PLO) - ", "TTO – ", "(Dân trí) - ": the paper's mark before the text proper.
_DATELINE = re.compile(r"\s*(?:\([^()]{1,30}\)|[A-ZĐ.]{2,10})\s?[-–—]\s*")
_QUOTES_AND_DASHES: Final = frozenset("\"'“”‘’«»-–—•*…|")
_PAUSES: Final = frozenset(",:;–—-.…!?")

# Tokens of the first phrase in which a pointing word is looked for: "Liên quan đến vụ việc nghiêm trọng này".
_PHRASE_LENGTH: Final = 8

# Connectives that continue what was said, with or without a comma.
_CONNECTIVES: Final = phrases(
    "tuy nhiên, tuy vậy, tuy thế, dù vậy, dù thế, dẫu vậy, dẫu thế, mặc dù vậy, mặc dù thế, thế nhưng, nhưng, thế mà",
    "vậy mà, ấy vậy mà, ấy thế mà, mà, và, rồi, hoặc, thì, vì vậy, vì thế, bởi vậy, bởi thế, do vậy, do thế, nhờ vậy",
    "nhờ thế, như vậy, như thế, cho nên, bởi lẽ, chính vì vậy, chính vì thế, chính bởi vậy, chính vì lẽ đó, vậy nên",
    "thế nên, vậy là, thế là, thế rồi, ngoài ra, hơn nữa, hơn thế, hơn thế nữa, vả lại, thêm vào đó, thêm nữa",
    "không những thế, không những vậy, không chỉ vậy, không chỉ thế, không chỉ có vậy, không chỉ có thế",
    "chưa dừng lại, không dừng lại, đồng thời, song song, mặt khác, ngược lại, ở chiều ngược lại, trái lại, tương tự, cụ thể, cụ thể hơn",
    "cụ thể là, chẳng hạn, chẳng hạn như, ví dụ, ví dụ như, thí dụ, nói cách khác, nói tóm lại, tóm lại, kết quả là",
    "lý do là, lí do là, nguyên nhân là, cũng theo, cũng trong, cũng tại, cũng ở, cũng vào, cũng như, cũng vì, cũng là",
    "cũng với, cũng liên quan, cũng có, vẫn theo, kế đến, kế tiếp, tiếp theo, tiếp đến, sau cùng, mặt bên kia",
    "như đã đưa, như đã thông tin, như đã nói, như đã biết, như trên, ở diễn biến khác, ở một diễn biến khác",
    "trong diễn biến khác, trong một diễn biến khác, trong diễn biến liên quan, nói thêm, trở lại với, quay trở lại với",
    "bù lại, đổi lại, trong khi ấy, cùng lúc, ngay lập tức, lập tức, ngay sau khi ấy, hóa ra, thì ra, té ra",
    "một mặt, đành rằng, thậm chí, nhất là, kể cả, nghĩa là, tức là, hay nói cách khác, tuy rằng vậy",
)  # fmt: skip

# The same only where a pause follows: "Song, ..." but "Song phương"; "Đặc biệt, ..." but "Đặc biệt chú trọng".
_CONNECTIVES_WITH_PAUSE: Final = phrases(
    "song, còn, đặc biệt, đáng chú ý, đáng nói, đáng lưu ý, kết quả, nguyên nhân, lý do, cuối cùng, thực tế, thật ra",
    "thực ra, kỳ thực, trên thực tế, tất nhiên, dĩ nhiên, đương nhiên, quả thật, vậy, thế, nên, lúc đầu, ban đầu",
    "nhìn chung, nói chung, một là, hai là, ba là, bốn là, thứ nhất, thứ hai, thứ ba, thứ tư, thứ năm, trước tiên",
    "trước hết, đầu tiên, sau nữa, quan trọng hơn, quan trọng nhất, tệ hơn, đáng tiếc, may mắn, may thay, rất may",
    "không may, tiếc thay, trước mắt, về sau, hôm sau, sáng hôm sau, ngày hôm sau, chiều cùng ngày, tối cùng ngày",
    "sáng cùng ngày, trưa cùng ngày, cùng ngày, cùng lúc, cùng thời điểm, vụ việc, sự việc, nói rồi, thấy vậy, thấy thế",
    "nghe vậy, nghe thế, biết vậy, biết thế, bất ngờ, bỗng nhiên, bỗng dưng, đột nhiên, được biết, theo tìm hiểu, chưa hết",
)  # fmt: skip

# Nouns that sum up what was said before when they stand alone.
_BARE_NOUNS: Final = phrases(
    "vụ việc, sự việc, vấn đề, vụ này, câu chuyện, động thái, cả hai, cả ba, cô nàng, anh chàng"
)

_POINTERS: Final = words("đó này ấy đấy kia")
_POINTING_STARTS: Final = words("đây đấy đó")
# "này" after these means now or here, not what was said; "nào đó", "đâu đó" point at nothing.
_DEICTIC_NOUNS: Final = words("năm tháng tuần quý dịp mùa hôm sáng chiều tối hiện nhiệm thế nay")
_INDEFINITES: Final = words("nào đâu ai gì ngày hôm mai xưa")
# "nói trên", "vụ tai nạn trên": the preposition "trên" has its noun behind it, the pointing one a verb or a pause.
_BACKWARD: Final = phrases("nói trên, nêu trên, kể trên, như trên, vừa nêu, vừa nói, đã nêu, kể trên, trên đây")

# Words that open a verb phrase: what stands before them is a complete subject.
VERB_OPENERS: Final = words(
    "đã đang sẽ sắp vừa mới từng là được bị phải cần có không chưa chẳng cũng vẫn còn đều lại luôn liền bèn nên muốn",
    "cho nói kể khẳng nhấn yêu đề chia thừa phủ chỉ xin tỏ bày thông nhận đánh ghi cảnh kêu trả hỏi đáp mong hy phát",
    "trình lên đi đến về ra vào làm bắt xảy diễn gây khiến giải tiết nhìn thấy biết nghĩ tin hứa đồng quyết bác cùng",
    "cam đưa gửi ký tuyên thề quay đứng ngồi nằm sống chết mất sinh chạy mở đóng bán mua tặng trao giao rơi lo dự tham",
    "tiếp chủ chúc thăm họp kết chính thẳng bất tự thường hay rất khá từ trước sau ở tại với trong bên nhằm để do vì",
)

_SENTENCE_NAMES: Final = phrases(
    "họ hàng, họ tên, họ tộc, họ nhà, họ đạo, y tế, y bác, y tá, y học, y sĩ, y khoa, y đức, y dược, nó, chúng ta, ả rập",
    "chúng tôi, chúng mình, lão hóa, lão nông, lão ngư, mụ mẫm, lão tướng, hắn giọng, y tế, y án, y phục, y lệnh, y lý",
)  # fmt: skip
_KIN_NOUNS: Final = phrases(
    "bà con, bà mẹ, bà ngoại, bà nội, bà lão, bà bầu, bà chủ, bà cụ, ông bà, ông chủ, ông lão, ông cụ, ông ngoại, ông nội",
    "ông lớn, ông trùm, ông bố, ông hoàng, ông già, ông đồ, ông kẹ, ông xã, bà xã, bà trùm, bà hoàng, ông trời, ông tổ",
    "anh em, anh trai, anh chàng, anh hùng, anh rể, anh họ, anh ruột, anh thợ, anh chị, anh nông, anh xe, anh cả",
    "chị em, chị gái, chị dâu, chị họ, chị ruột, chị cả, cô gái, cô giáo, cô bé, cô dâu, cô trò, cô con, cô nàng, cô đơn",
    "cô chủ, cô nữ, cô học, cô ca, cô đồng, cô vợ, cô hiệu, cô y, cô sinh, cô thôn, chú rể, chú chó, chú bé, chú mèo",
    "chú trọng, chú ý, chú cún, chú lợn, chú voi, chú hề, chú thích, chú lính, chú bộ, bác sĩ, bác bỏ, bác đơn, bác xe",
    "bác tài, bác kháng, bác yêu, bác thông, bác tin, bác đề, bác khiếu, bác sỹ, bác học, bác án, bác toàn, bác cáo",
    "cậu bé, cậu học, cậu nhóc, cậu con, cậu ấm, cậu sinh, cậu trò, cậu thanh, cậu trai, cậu vàng, dì ghẻ, cô bán",
    "em bé, em gái, em trai, em rể, em dâu, em họ, em ruột, em út, em chồng, em vợ, cháu bé, cháu gái, cháu trai",
    "cháu ngoại, cháu nội, cháu học, cháu ruột, cụ bà, cụ ông, cụ thể, cụ già, cụ rùa, thầy giáo, thầy cô, thầy trò",
    "thầy thuốc, thầy bói, thầy cúng, thầy lang, thầy hiệu, anh ngữ, anh dũng, anh đào, anh văn, anh tài, bà chúa",
    "bà đầm, bà già, bà nông, bà bán, bà hiệu, bà lang, ông trưởng, ông hiệu, bà trưởng, ông tây, bà tây, cô tiếp, cô em",
    "cô chị, anh lái, anh bảo, anh công, anh bộ, anh lính, anh tài, cô thợ, cô phục, cô người, anh người, ông thợ",
)  # fmt: skip
_ENGLAND: Final = words("mỹ pháp đức eu brexit london nga ireland scotland wales nhật trung úc canada ý bỉ italia")


def opens_outside(text: str) -> bool:
    """Whether the first phrase of ``text`` points at something that the text itself does not hold.

    Args:
        text: A headline, a summary or a sentence that could become one. Any string; only its head is read.

    Returns:
        True for connectives ("Tuy nhiên", "Bên cạnh đó"), pointing words ("Đó là", "Vụ việc này"), pronouns
        ("Họ", a bare "ông"), offices without name or body ("Thứ trưởng nhấn mạnh"); also behind a preposition
        ("Theo ông, …"). False for an empty text.
    """
    tokens = _first_phrase(text)
    if not tokens:
        return False
    keys = [token.key for token in tokens]
    return _continues(tokens, keys) or _counts_from_outside(keys) or any(map(_refers_back, _subjects(tokens)))


def _subjects(tokens: Sequence[Token]) -> tuple[Sequence[Token], ...]:
    """Places where the first subject can stand: the start, and behind an opening adjunct that names nobody."""
    comma = next((i for i, token in enumerate(tokens) if token.text == ","), len(tokens))
    rest = tokens[comma + 1 :]
    if not rest or any(token.is_capital for token in tokens[1:comma]):
        return (tokens,)
    return tokens, rest


def _refers_back(tokens: Sequence[Token]) -> bool:
    keys = [token.key for token in tokens]
    return _points_back(tokens, keys) or _is_bare_person(tokens, keys) or _is_bare_sum(tokens, keys)


def _first_phrase(text: str) -> tuple[Token, ...]:
    """The first tokens of a text behind datelines, quotes and dashes; marks stay among them."""
    head = text[:_HEAD_LENGTH]
    dateline = _DATELINE.match(head)
    tokens = tokenize_with_marks(head[dateline.end() :] if dateline else head)
    first = next((i for i, token in enumerate(tokens) if token.text not in _QUOTES_AND_DASHES), len(tokens))
    return tokens[first : first + 2 * _PHRASE_LENGTH]


_HEAD_LENGTH: Final = 300  # characters; more than sixteen tokens of any real text


def _continues(tokens: Sequence[Token], keys: Sequence[str]) -> bool:
    """Connectives: "Tuy nhiên …", "Song, …"."""
    length = longest_phrase(keys, 0, _CONNECTIVES)
    if length and not _joins_a_name(tokens, length):
        return True
    length = longest_phrase(keys, 0, _CONNECTIVES_WITH_PAUSE)
    return bool(length) and length < len(keys) and keys[length] in _PAUSES


def _joins_a_name(tokens: Sequence[Token], length: int) -> bool:
    """Whether a one-syllable connective is the head of a name: "Và Thị Mai", but "Nhưng Bộ Y tế" is none."""
    return length == 1 and tokens[0].key in _NAME_LIKE and len(tokens) > 1 and tokens[1].is_capital


_NAME_LIKE: Final = words("và mà")


def _points_back(tokens: Sequence[Token], keys: Sequence[str]) -> bool:
    """A pointing word closes the first noun phrase: "Theo đó", "Người đàn ông này", "Vụ tai nạn nói trên"."""
    if keys[0] in _POINTING_STARTS:
        return True
    for index, token in enumerate(tokens[:_PHRASE_LENGTH]):
        if not token.is_word or (index and _ends_subject(token, keys[0])):
            return False
        if index and _is_pointer(keys, index):
            return True
    return False


def _ends_subject(token: Token, opener: str) -> bool:
    """Whether a name or the predicate begins at ``token``: what points from there on may point into the text."""
    if token.is_capital and not token.text.isupper():
        return True
    return token.key in _PREDICATE_VERBS and opener not in _ADJUNCT_OPENERS


_PREDICATE_VERBS: Final = words("đã đang sẽ là bị khẳng nhấn tuyên nói thừa phủ cảnh kêu cáo gây khiến muốn chưa không")
_ADJUNCT_OPENERS: Final = words(
    "khi sau trước trong việc để nếu do vì nhờ theo với từ ngay liên về những các dù tuy mặc"
)


def _is_pointer(keys: Sequence[str], index: int) -> bool:
    key, before = keys[index], keys[index - 1]
    following = keys[index + 1] if index + 1 < len(keys) else ","
    if key in _POINTERS:
        if before in _INDEFINITES and not (key == "đó" and before in {"ngày", "hôm"}):
            return False
        if before.isdigit() and index > 1:
            before = keys[index - 2]
        return not (key == "này" and before in _DEICTIC_NOUNS)
    if key == "vậy" or (key == "thế" and before in {"vì", "như", "bởi", "chỉ"}):
        return following in _PAUSES or following in VERB_OPENERS
    if key == "đây":
        return before in {"tại", "ở", "từ", "đến", "đó"}
    if key == "trên":
        return (before, key) in _BACKWARD or following in _PAUSES or following in _AFTER_POINTING
    return (before, key) in _BACKWARD


# Auxiliaries and verbs that can only open a predicate; unlike "đường" or "mạng" none of them can follow the preposition "trên".
_FINITE: Final = words("đã đang sẽ là được bị cho xảy chưa không vừa từng cũng đều gây khiến diễn vẫn")
_AFTER_POINTING: Final = (_FINITE | words("nhằm")) - {"không"}


def _is_bare_person(tokens: Sequence[Token], keys: Sequence[str]) -> bool:
    """A pronoun or an office that no name or body completes, at the start or behind a preposition."""
    first = 0
    if len(keys) > 1 and keys[0] in _PREPOSITIONS:
        first = 1
    elif len(keys) > 2 and (keys[0], keys[1]) in _LONG_PREPOSITIONS:
        first = 2
    if first >= len(keys):
        return False
    if keys[first] in THIRD_PERSONS and not longest_phrase(keys, first, _SENTENCE_NAMES):
        return not _is_name(tokens, first + 1) and not (first and keys[first] in {"y", "ả", "lão", "mụ"})
    if keys[first] in ADDRESSES:
        return _is_bare_address(tokens, keys, first)
    length = longest_phrase(keys, first, BARE_OFFICES)
    return bool(length) and not _is_completed(tokens, keys, first + length)


_PREPOSITIONS: Final = words("theo với cùng nhờ tại từ do về để khi sau trước vì của bởi riêng gia bên phía")
_LONG_PREPOSITIONS: Final = phrases(
    "trong khi, trước khi, sau khi, trả lời, theo lời, chính vì, bản thân, gia đình, đối với, cho rằng, bên cạnh, với việc"
)


def _is_bare_address(tokens: Sequence[Token], keys: Sequence[str], index: int) -> bool:
    """Whether the kinship term at ``index`` stands for a person that the text does not name."""
    if longest_phrase(keys, index, _KIN_NOUNS) or _is_name(tokens, index + 1):
        return False
    if keys[index] == "anh" and tokens[index].is_capital and _ENGLAND & set(keys):
        return False
    office = longest_phrase(keys, index + 1, BARE_OFFICES)
    if office:
        return not _is_completed(tokens, keys, index + 1 + office)
    following = keys[index + 1] if index + 1 < len(keys) else ","
    return following in _PAUSES or following in VERB_OPENERS or following in {"này", "ấy", "ta"}


def _is_name(tokens: Sequence[Token], index: int) -> bool:
    """Whether a name, an initial or a quoted or bracketed name stands at ``index``."""
    if index >= len(tokens):
        return False
    token = tokens[index]
    return token.is_capital or token.text[0].isdigit() or token.text in {'"', "“", "'", "‘"}


def _is_completed(tokens: Sequence[Token], keys: Sequence[str], index: int) -> bool:
    """Whether a name or a body belongs to the office that ends before ``index``: "Bộ trưởng nội vụ Ý"."""
    if index < len(tokens) and (
        keys[index] in _NO_OFFICE or (keys[index] in BODIES and keys[index] not in VERB_OPENERS)
    ):
        return True
    if index + 1 < len(tokens) and keys[index] in {",", "kiêm"}:
        office = longest_phrase(keys, index + 1, OFFICES)
        return bool(office) and _is_completed(tokens, keys, index + 1 + office)
    for place in range(index, min(index + _OFFICE_MODIFIERS, len(tokens))):
        if _is_name(tokens, place):
            return True
        if (keys[place] in VERB_OPENERS and keys[place] not in _IN_OFFICES) or not tokens[place].is_word:
            return False
    return False


_OFFICE_MODIFIERS: Final = 5  # syllables between an office and its name: "Phó Chủ tịch thường trực phụ trách X"
_IN_OFFICES: Final = words("thường mới kết")  # of "thường trực", "mới đắc cử"
_NO_OFFICE: Final = words("thẩm quán")  # "giám đốc thẩm", "đại sứ quán"


def _is_bare_sum(tokens: Sequence[Token], keys: Sequence[str]) -> bool:
    """Openings such as "Vụ việc đang được điều tra", "Liên quan đến vụ việc, …", "Cả hai bị bắt"."""
    for index, token in enumerate(tokens[: _PHRASE_LENGTH - 2]):
        if not token.is_word or (index and token.is_capital):
            return False
        length = longest_phrase(keys, index, _BARE_NOUNS)
        if not length:
            continue
        following = keys[index + length] if index + length < len(keys) else ","
        if following in _PAUSES or (index == 0 and following in _FINITE):
            return True
    return False


def _counts_from_outside(keys: Sequence[str]) -> bool:
    """Time counted from something told before: "Hai ngày sau, …", "Không lâu sau, …", "Trước đó …"."""
    for index in range(1, min(5, len(keys) - 1)):
        if keys[index] == "sau" and keys[index + 1] in _PAUSES:
            return keys[index - 1] in _TIME_UNITS or keys[0] in {"không", "chẳng", "ít"}
    return False


_TIME_UNITS: Final = words("ngày giờ phút giây tháng năm tuần lâu lúc hôm buổi hồi đêm sáng tiếng")
