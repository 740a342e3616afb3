"""Word classes around people and bodies: forms of address, offices, institution heads.

Phrases are tuples of comparison keys (lower case, new tone placement), syllable by syllable.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from thads_nlp.text.normalize import compare_key

Phrase = tuple[str, ...]


def phrases(*lines: str) -> frozenset[Phrase]:
    """Comparison-key tuples of the comma-separated phrases in ``lines``."""
    return frozenset(
        tuple(compare_key(syllable) for syllable in phrase.split())
        for line in lines
        for phrase in line.split(",")
        if phrase.strip()
    )


def words(*lines: str) -> frozenset[str]:
    """Comparison keys of the space-separated single syllables in ``lines``."""
    return frozenset(compare_key(syllable) for line in lines for syllable in line.split())


# Kinship terms that stand for a person when a name follows and for "he/she" when none does.
ADDRESSES: Final = words("ông bà anh chị cô chú bác cậu dì em cháu cụ thầy")
THIRD_PERSONS: Final = words("họ hắn nó chúng y ả mụ lão")

OFFICES: Final = phrases(
    "bộ trưởng, thứ trưởng, tổng thống, thủ tướng, phó thủ tướng, phó tổng thống, ngoại trưởng, chủ tịch, phó chủ tịch",
    "giám đốc, phó giám đốc, tổng giám đốc, phó tổng giám đốc, tổng cục trưởng, phó tổng cục trưởng, cục trưởng",
    "phó cục trưởng, vụ trưởng, vụ phó, phó vụ trưởng, trưởng phòng, phó phòng, phó trưởng phòng, trưởng ban, phó ban",
    "phó trưởng ban, chánh án, phó chánh án, viện trưởng, phó viện trưởng, viện phó, chánh văn phòng, phó chánh văn phòng",
    "chánh thanh tra, phó chánh thanh tra, bí thư, phó bí thư, tổng bí thư, tổng thư ký, thống đốc, phó thống đốc",
    "thị trưởng, tỉnh trưởng, đại sứ, tổng lãnh sự, hiệu trưởng, hiệu phó, phó hiệu trưởng, trưởng khoa, phó khoa",
    "tư lệnh, phó tư lệnh, chính ủy, tham mưu trưởng, đội trưởng, đội phó, trưởng công an, phó công an",
    "trưởng đoàn, phó đoàn, trưởng thôn, trưởng bản, tổng biên tập, phó tổng biên tập, tổng thanh tra, tổng kiểm toán",
    "đại biểu, nghị sĩ, thượng nghị sĩ, hạ nghị sĩ, dân biểu, chủ nhiệm, phó chủ nhiệm, kế toán trưởng, chấp hành viên",
    "đại tướng, thượng tướng, trung tướng, thiếu tướng, đại tá, thượng tá, trung tá, thiếu tá, đại úy, thượng úy",
    "trung úy, thiếu úy, đô đốc, phó đô đốc, chuẩn đô đốc, giáo sư, phó giáo sư, tiến sĩ, thạc sĩ, luật sư, bác sĩ",
    "kỹ sư, kiến trúc sư, huấn luyện viên, tiền vệ, tiền đạo, hậu vệ, thủ môn, trung vệ, ca sĩ, diễn viên, đạo diễn",
    "nhạc sĩ, nghệ sĩ, người mẫu, hoa hậu, á hậu, nhà văn, nhà báo, nhà thơ, họa sĩ, vua, hoàng tử, công chúa, nữ hoàng",
    "thẩm phán, kiểm sát viên, công tố viên, điều tra viên, bị cáo, bị can, nghi phạm, nạn nhân, đối tượng, nghi can",
    "người phát ngôn, phát ngôn viên, chủ đầu tư, đồng chí, linh mục, giáo hoàng, hòa thượng, thượng tọa, đại đức",
)  # fmt: skip

# Offices whose bare title says nothing of who holds it: many hold one at a time. Those that one person in the country
# holds ("Thủ tướng") are names of their own in its press.
BARE_OFFICES: Final = OFFICES - phrases(
    "thủ tướng, tổng bí thư, đại biểu, nghị sĩ, chấp hành viên, bác sĩ, luật sư, kỹ sư, kiến trúc sư, ca sĩ, diễn viên",
    "đạo diễn, nhạc sĩ, nghệ sĩ, người mẫu, hoa hậu, á hậu, nhà văn, nhà báo, nhà thơ, họa sĩ, giáo hoàng, vua, nữ hoàng",
    "hoàng tử, công chúa, bị cáo, bị can, nghi phạm, nạn nhân, đối tượng, nghi can, chủ đầu tư, người phát ngôn",
    "phát ngôn viên, tiền vệ, tiền đạo, hậu vệ, thủ môn, trung vệ, huấn luyện viên, thẩm phán, linh mục, giáo sư",
)

# Common nouns that say whose office it is ("Chủ tịch xã", "Giám đốc công ty") even when no name follows.
BODIES: Final = words(
    "nước bộ sở ban ngành cục vụ viện tỉnh huyện xã phường quận thị thành phố thôn bản công doanh trường bệnh trung",
    "đoàn hội hiệp ủy quốc đảng tòa ngân tập chi liên câu đội nhà phòng khoa khu các những nhiều hai ba và kiêm điều",
    "hãng thường đài báo tạp quân sư trại dự phụ tổng trưởng đại diện lâm thời phân xưởng khối cơ quan danh hợp chuyên mầm tiểu biên hải không lục",
)


def longest_phrase(keys: Sequence[str], start: int, known: Iterable[Phrase] | frozenset[Phrase]) -> int:
    """Length in syllables of the longest phrase of ``known`` that begins at ``keys[start]``, 0 where none does."""
    longest = min(_LONGEST, len(keys) - start)
    return next((n for n in range(longest, 0, -1) if tuple(keys[start : start + n]) in known), 0)


_LONGEST: Final = 5  # syllables of the longest phrase above
