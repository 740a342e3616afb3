"""Names in running text: runs of capitalised tokens, and what the words beside them say of their kind."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from types import MappingProxyType
from typing import Final

from thads_nlp.model.tokens import Token

# What joins two capitalised tokens to one name: spaces, a hyphen without spaces, an abbreviation's full stop.
_JOINT = re.compile(r" +|-|&|\.")
_ABBREVIATED = re.compile(r"\. ?|\.")
# Tokens that an abbreviating full stop follows: "TP. HCM", "H.T.L", "Q. Bình Thạnh".
ABBREVIATION_CHARS = 3
# More capitalised tokens in a row are a line in capitals.
LONGEST_NAME = 10

_CUE_WORDS: Final = {
    "person": (
        "ông bà anh chị em cô chú bác cháu bé cụ ca diễn nghệ luật đại thượng trung thiếu tướng tá úy uý tịch thư sĩ "
        "sỹ sư viên trưởng phó nhân can cáo phạm tượng tên hậu mẫu vợ chồng thầy giáo thủ hlv siêu nữ nam gái trai mẹ "
        "bố cha"
    ),
    "place": (
        "tỉnh huyện xã phường quận phố tp thị trấn thôn ấp bản làng đường khu vùng nước đảo sông cầu biển chợ núi hồ "
        "tx tt q p h ngõ hẻm khóm tổ ga cảng lộ"
    ),
    "inside": "tại ở từ đến về vào trên qua ra sang trong giữa ngoài gần lên xuống",
    "body": (
        "ty đoàn hàng trường viện báo an sở bộ cục ban hội đội án khoa tòa toà clb phòng trung tâm hãng đài đảng ubnd "
        "hđnd tand vksnd cơ quan tổng nhà quỹ học"
    ),
    "of": "của cho với và do bị được để cùng là theo giúp khiến hay hoặc như gồm",
}  # fmt: skip
_CUES: Final = MappingProxyType({word: cue for cue, words in _CUE_WORDS.items() for word in words.split()})
CUES: Final = ("person", "place", "inside", "body", "of", "start", "other")
# The most frequent Vietnamese family names, without tone placement variants.
_FAMILIES: Final = frozenset(
    (
        "nguyễn trần lê phạm huỳnh hoàng phan vũ võ đặng bùi đỗ hồ ngô dương lý lí đinh đào đoàn vương trịnh trương "
        "lâm mai tô tạ hà cao thái châu lương phùng quách tống triệu doãn kiều la nghiêm thạch tăng từ chu lưu"
    ).split()
)

# Provinces and cities of Viet Nam, neighbouring and often named countries: names that are places wherever they stand.
_PLACES: Final = frozenset(
    name.strip()
    for name in (
        "an giang, bà rịa, vũng tàu, bạc liêu, bắc giang, bắc kạn, bắc ninh, bến tre, bình dương, bình định, "
        "bình phước, bình thuận, cà mau, cao bằng, cần thơ, đà nẵng, đắk lắk, đắk nông, điện biên, đồng nai, "
        "đồng tháp, gia lai, hà giang, hà nam, hà nội, hà tĩnh, hải dương, hải phòng, hậu giang, hòa bình, "
        "hưng yên, khánh hòa, kiên giang, kon tum, lai châu, lạng sơn, lào cai, lâm đồng, long an, nam định, "
        "nghệ an, ninh bình, ninh thuận, phú thọ, phú yên, quảng bình, quảng nam, quảng ngãi, quảng ninh, "
        "quảng trị, sóc trăng, sơn la, tây ninh, thái bình, thái nguyên, thanh hóa, thừa thiên huế, huế, "
        "tiền giang, trà vinh, tuyên quang, vĩnh long, vĩnh phúc, yên bái, hồ chí minh, hcm, tphcm, sài gòn, "
        "đà lạt, nha trang, việt nam, trung quốc, hàn quốc, nhật bản, triều tiên, thái lan, campuchia, lào, "
        "mỹ, hoa kỳ, anh, pháp, đức, nga, ý, italy, tây ban nha, bồ đào nha, hà lan, úc, australia, ấn độ, "
        "singapore, malaysia, indonesia, philippines, myanmar, đài loan, hong kong, hồng kông, canada, "
        "brazil, argentina, ukraine, israel, iran, iraq, syria, châu âu, châu á, đông nam á, tây nguyên, "
        "biển đông, new york, london, paris, tokyo, bắc kinh, seoul, bangkok"
    ).split(",")
)
# Capitalised tokens that name nobody: abbreviations before numbers and names, offices, common heads.
_NO_NAMES: Final = frozenset(
    "sn sinh bks bs tand vksnd vks ubnd hđnd hđxx csgt cskv csđt ca cand pc tp tx tt q p h ông bà anh chị em cô chú "
    "bác cháu bé đối ban sở bộ viện tòa toà cơ quận phường huyện xã tỉnh thành phố đường công cục phòng đội".split()
)


def names_nobody(key: str) -> bool:
    """Whether a capitalised token alone is an abbreviation, office or head of a name and no name."""
    return key in _NO_NAMES


def is_place_name(keys: Sequence[str]) -> bool:
    """Whether a name is a province, a big city or a country."""
    return " ".join(keys) in _PLACES


def is_person_name(keys: Sequence[str]) -> bool:
    """Whether a name looks like a Vietnamese person's: family name first, two to five words."""
    return 2 <= len(keys) <= 5 and keys[0] in _FAMILIES and not is_place_name(keys)


def cue_of(key: str | None) -> str:
    """What kind of name the word before it announces; "start" where no word stands before."""
    return "start" if key is None else _CUES.get(key, "other")


def capital_runs(text: str, tokens: Sequence[Token]) -> Iterator[tuple[int, int]]:
    """Start and end indices of runs of capitalised tokens that are one name by what stands between them."""
    start = None
    for index, token in enumerate(tokens):
        if start is not None and not (token.is_capital and _is_joined(text, tokens[index - 1], token)):
            yield start, index
            start = None
        if start is None and token.is_capital:
            start = index
    if start is not None:
        yield start, len(tokens)


def _is_joined(text: str, before: Token, token: Token) -> bool:
    """Whether two neighbouring capitalised tokens belong to one name."""
    between = text[before.end : token.start]
    if _JOINT.fullmatch(between) and between != ".":
        return True
    return len(before.text) <= ABBREVIATION_CHARS and _ABBREVIATED.fullmatch(between) is not None
