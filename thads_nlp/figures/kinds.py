"""What kind of number an amount is: a reported figure, a duration, an age, or a count that is no news."""

from __future__ import annotations

from collections.abc import Sequence

from thads_nlp.figures.amounts import Amount
from thads_nlp.figures.lexer import Token
from thads_nlp.schema import Approx, QuantityKind


def kind_of(tokens: Sequence[Token], amount: Amount, approx: Approx | None) -> QuantityKind:
    """Kind of an amount by its unit and its place."""
    if amount.kind == "age":
        return "age"
    if amount.kind == "time":
        return "duration"
    if amount.kind == "none":
        return "code"
    if amount.reading.spelled and amount.reading.value < 10 and amount.kind == "noun":
        return "code"
    return "quantity"
