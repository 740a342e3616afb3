"""Words around a number that make it approximate: "khoảng", "hơn", "không quá", "trở lên"."""

from __future__ import annotations

from collections.abc import Sequence
from types import MappingProxyType

from thads_nlp.figures.lexer import Token
from thads_nlp.schema import Approx

_ABOUT = (
    "khoảng|khoảng chừng|chừng|ước chừng|ước khoảng|ước|ước tính|áng chừng|phỏng chừng|xấp xỉ|tầm|cỡ|trên dưới|độ chừng"
)
_OVER = (
    "hơn|trên|quá|vượt quá|ngoài|ít nhất|tối thiểu|chí ít|ít ra|không dưới|không ít hơn|không thấp hơn|không kém|"
    "không kém hơn|không nhỏ hơn|chưa kể hơn|nhỉnh hơn|hơn cả"
)
_UNDER = (
    "gần|dưới|ngót|ngót nghét|suýt soát|non|chưa đến|chưa tới|chưa đầy|không đến|không tới|không đầy|không quá|chưa quá|"
    "không hơn|không cao hơn|không nhiều hơn|không lớn hơn|không vượt quá|tối đa|nhiều nhất|cao nhất là|chưa được|"
    "chưa vượt quá|gần như|gần tới|gần bằng|không vượt|không trên|chưa hơn"
)
_HEDGES: MappingProxyType[tuple[str, ...], Approx] = MappingProxyType({
    **{tuple(key.split()): "about" for key in _ABOUT.split("|")},
    **{tuple(key.split()): "over" for key in _OVER.split("|")},
    **{tuple(key.split()): "under" for key in _UNDER.split("|")},
})  # fmt: skip
_LONGEST = max(map(len, _HEDGES))

# Adjectives that make "hơn" a comparison: "cao hơn 60%" says by how much, not "more than 60%".
_GRADABLE = frozenset(
    [
        "cao",
        "thấp",
        "nhiều",
        "ít",
        "lớn",
        "nhỏ",
        "kém",
        "đắt",
        "rẻ",
        "dài",
        "ngắn",
        "tốt",
        "xấu",
        "sớm",
        "muộn",
        "nhanh",
        "chậm",
        "già",
        "trẻ",
        "nặng",
        "nhẹ",
        "mạnh",
        "yếu",
        "rộng",
        "hẹp",
        "sâu",
    ]
)

# Words that may stand between a hedge and its number.
_BRIDGES = frozenset({"từ", "có", "là", "tới", "đến", "ở", "mức", "khoảng"})


def read_hedge(tokens: Sequence[Token], first: int, stop: int) -> Approx | None:
    """Approximation that is said before token ``first`` or from token ``stop`` on, or None."""
    if tokens[stop].key == "trở" and tokens[stop + 1].key in {"lên", "xuống"}:
        return "over" if tokens[stop + 1].key == "lên" else "under"
    hedge = _hedge_before(tokens, first)
    if hedge is None and tokens[first - 1].key in _BRIDGES:
        hedge = _hedge_before(tokens, first - 1)
    return hedge


def _hedge_before(tokens: Sequence[Token], first: int) -> Approx | None:
    """Hedge whose last word is token ``first - 1``: the longest that the table has."""
    for length in range(_LONGEST, 0, -1):
        hedge = _HEDGES.get(tuple(token.key for token in tokens[first - length : first]))
        if hedge is not None:
            return None if _is_comparison(tokens, first - length, length) else hedge
    return _bound_alone(tokens, first)


def _is_comparison(tokens: Sequence[Token], first: int, length: int) -> bool:
    """Whether "hơn" at ``first`` belongs to an adjective before it."""
    return length == 1 and tokens[first].key == "hơn" and tokens[first - 1].key in _GRADABLE


def _bound_alone(tokens: Sequence[Token], first: int) -> Approx | None:
    return None
