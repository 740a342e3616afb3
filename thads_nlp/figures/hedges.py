"""Words around a number that make it approximate: "khoảng", "hơn", "không quá", "trở lên"."""

from __future__ import annotations

from collections.abc import Sequence
from types import MappingProxyType

from thads_nlp.figures.lexer import Token
from thads_nlp.figures.lexicon import vocabulary
from thads_nlp.schema import Approx

_ABOUT = vocabulary(
    """
    khoảng khoảng_chừng chừng ước_chừng ước_khoảng ước ước_tính áng_chừng phỏng_chừng xấp_xỉ tầm tầm_khoảng cỡ
    trên_dưới độ_chừng vào_khoảng sát sát_mốc sát_mức sát_ngưỡng
    """
)
_OVER = vocabulary(
    """
    hơn trên quá vượt_quá vượt_trên vượt_hơn ít_nhất tối_thiểu chí_ít ít_ra không_dưới không_ít_hơn
    không_thấp_hơn không_kém không_kém_hơn không_nhỏ_hơn chưa_kể_hơn nhỉnh_hơn hơn_cả vượt_mốc vượt_ngưỡng
    """
)
_UNDER = vocabulary(
    """
    gần dưới ngót ngót_nghét suýt_soát non chưa_đến chưa_tới chưa_đầy chưa_quá chưa_được chưa_vượt_quá chưa_hơn
    không_đến không_tới không_đầy không_quá không_hơn không_cao_hơn không_nhiều_hơn không_lớn_hơn không_vượt_quá
    không_vượt không_trên tối_đa nhiều_nhất gần_như gần_tới gần_bằng
    """
)
_HEDGES: MappingProxyType[tuple[str, ...], Approx] = MappingProxyType({
    **{tuple(key.split()): "about" for key in _ABOUT},
    **{tuple(key.split()): "over" for key in _OVER},
    **{tuple(key.split()): "under" for key in _UNDER},
})  # fmt: skip
_LONGEST = max(map(len, _HEDGES))
_LAST_WORDS = frozenset(key[-1] for key in _HEDGES)

# Adjectives that make "hơn" a comparison: "cao hơn 60%" says by how much, not "more than 60%".
_GRADABLE = vocabulary(
    """
    cao thấp nhiều ít lớn nhỏ kém đắt rẻ dài ngắn tốt xấu sớm muộn nhanh chậm già trẻ nặng nhẹ mạnh yếu rộng hẹp sâu
    dày mỏng xa
    """
)

_BOUNDS: MappingProxyType[str, Approx] = MappingProxyType(
    {"ít": "under", "kém": "under", "thấp": "under", "nhỏ": "under", "nhiều": "over", "cao": "over", "lớn": "over"}
)

# With a measure of length or weight these say what is measured: "dài hơn 2 km" is over 2 km.
_DIMENSIONS = vocabulary("dài rộng cao sâu dày nặng xa")

# Words that may stand between a hedge and its number, and hedges that are prepositions elsewhere ("trên có 3 …").
_BRIDGES = vocabulary("từ là tới đến mức mốc ngưỡng gấp")
_NOUNS = vocabulary("mức mốc ngưỡng gấp")
_PREPOSITIONS = vocabulary("trên dưới quá gần hơn")

# From this count on "trên" is "more than"; below it is where something is ("trên hai tuyến").
_LEAST_OVER_COUNT = 10


def read_hedge(tokens: Sequence[Token], first: int, stop: int, kind: str = "") -> Approx | None:
    """Approximation said before token ``first`` or from token ``stop`` on, or None; ``kind`` is that of the unit."""
    if tokens[stop].key == "trở" and tokens[stop + 1].key in {"lên", "xuống"}:
        return "over" if tokens[stop + 1].key == "lên" else "under"
    if _is_compared(tokens, stop):
        kind = ""
    hedge = _hedge_before(tokens, first, kind)
    if hedge is not None or tokens[first - 1].key not in _BRIDGES:
        return hedge
    if tokens[first - 2].key in _PREPOSITIONS and tokens[first - 1].key not in _NOUNS:
        return None
    return _hedge_before(tokens, first - 1, kind)


def is_place(tokens: Sequence[Token], first: int, count: int) -> bool:
    """Whether "trên" before a small count says where: "trên hai tuyến"."""
    return tokens[first - 1].key == "trên" and count < _LEAST_OVER_COUNT


def _hedge_before(tokens: Sequence[Token], first: int, kind: str) -> Approx | None:
    """Hedge whose last word is token ``first - 1``: the longest that the table has."""
    if tokens[first - 1].key not in _LAST_WORDS:
        return None
    for length in range(_LONGEST, 0, -1):
        hedge = _HEDGES.get(tuple(token.key for token in tokens[first - length : first]))
        if hedge is not None:
            compared = length == 1 and _is_comparison(tokens, first - 1, kind)
            return _bound_at_start(tokens, first, kind) if compared else hedge
    return None


def _is_comparison(tokens: Sequence[Token], index: int, kind: str) -> bool:
    """Whether "hơn" at ``index`` belongs to the adjective before it."""
    adjective = tokens[index - 1].key
    if tokens[index].key != "hơn" or adjective not in _GRADABLE:
        return False
    return not (kind == "physical" and adjective in _DIMENSIONS)


def _is_compared(tokens: Sequence[Token], stop: int) -> bool:
    return tokens[stop].key == "so" and tokens[stop + 1].key == "với"


def _bound_at_start(tokens: Sequence[Token], first: int, kind: str) -> Approx | None:
    """Bound of "ít hơn 7 nghìn đồng" at the head of a text, where no sum of money is compared."""
    return _BOUNDS.get(tokens[first - 2].key) if tokens[first - 3].kind == "edge" and kind == "money" else None
