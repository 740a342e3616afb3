"""Frozen values that the rooms hand to each other, and their JSON form.

Offsets count code points in ``Article.text``: the decoded input in NFC with line ends made LF, nothing removed.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from decimal import Decimal
from html import escape
from typing import Any, Literal

SCHEMA_VERSION = 1

Section = Literal["title", "body", "heading", "caption"]
Approx = Literal["about", "over", "under"]
Role = Literal["level", "change", "share", "target"]
Direction = Literal["up", "down"]
TitleOrigin = Literal["article", "generated", "extracted"]
SummaryOrigin = Literal["generated", "extracted"]
Length = Literal["short", "standard", "long"]
EvidenceKind = Literal["quantity", "name", "quote", "sentence"]
QuantityKind = Literal["quantity", "date", "time", "duration", "age", "ordinal", "code", "incidental"]
Stage = Literal["read", "decode", "language", "content", "segment", "figures", "generate", "write"]


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence (or heading, title, caption line) of an article.

    ``text`` is the cleaned surface that later steps read: one-to-one with ``Article.text[start:end]`` except that
    zero-width characters are gone and look-alike spaces, quotes and dashes are unified. ``offsets`` is None where
    both have equal length, else it gives for each code point of ``text`` its offset in the article.
    """

    index: int
    text: str
    start: int
    end: int
    section: Section = "body"
    offsets: tuple[int, ...] | None = None

    def place(self, start: int, end: int) -> tuple[int, int]:
        """Article offsets ``(start, end)`` of ``text[start:end]``; the slice may not be empty."""
        if self.offsets is None:
            return self.start + start, self.start + end
        return self.offsets[start], self.offsets[end - 1] + 1


@dataclass(frozen=True, slots=True)
class Article:
    """A news article. Callers give ``text`` (and what else they know); ``text.read_article`` fills ``sentences``.

    A ``title`` that is given beside the text and does not stand in it is put before it as its first line.
    ``published`` is an ISO date (YYYY-MM-DD), ``source`` is ``path[!/member][#record]``.
    """

    text: str
    id: str = ""
    title: str | None = None
    published: str | None = None
    source: str = ""
    sentences: tuple[Sentence, ...] = ()


@dataclass(frozen=True, slots=True)
class Quantity:
    """One number expression of a text with its unit: what "hơn 1,5 triệu người" says.

    ``start``/``end`` are offsets into the text it was found in and slice to ``text`` (number and unit, without
    "hơn" or "khoảng"); ``value`` is canonical (scale words multiplied in); ``value_high`` is the upper end of a
    range. ``kind`` other than "quantity" marks numbers that are no reported figure: dates, clock times, ages,
    ordinals, document numbers; "incidental" are counts in passing ("hai bên", "ba giải pháp sau"). ``unit`` follows
    the annotation guidelines ("VND", "%", "điểm %", "lần", "ha", "VND/lượng", counted noun in lower case), "" where
    there is none.
    """

    start: int
    end: int
    text: str
    value: Decimal
    unit: str
    value_high: Decimal | None = None
    approx: Approx | None = None
    kind: QuantityKind = "quantity"


@dataclass(frozen=True, slots=True)
class KeyFigure:
    """A reported figure with all that the article says of it (field meanings: docs/figures.md)."""

    measure: str | None
    text: str
    value: Decimal
    unit: str
    sentence: str
    sentence_index: int
    start: int
    end: int
    value_high: Decimal | None = None
    approx: Approx | None = None
    role: Role = "level"
    direction: Direction | None = None
    baseline: str | None = None
    period: str | None = None
    period_start: str | None = None
    period_end: str | None = None
    section: Section = "body"
    group: int = 0
    change_of: int | None = None
    places: tuple[tuple[int, int], ...] = ()
    key: bool = False
    score: float = 0.0

    def to_dict(self) -> dict[str, Any]:
        """JSON object of the contract; decimals become canonical strings."""
        record = {name: getattr(self, name) for name in _FIGURE_FIELDS}
        record["value"] = canonical(self.value)
        record["value_high"] = None if self.value_high is None else canonical(self.value_high)
        record["places"] = [list(place) for place in self.places]
        record["score"] = round(self.score, 4)
        return record

    @classmethod
    def from_dict(cls, record: dict[str, Any]) -> KeyFigure:
        """Inverse of ``to_dict``; unknown fields are refused by the constructor."""
        values = dict(record)
        values["value"] = Decimal(values["value"])
        if values.get("value_high") is not None:
            values["value_high"] = Decimal(values["value_high"])
        values["places"] = tuple((int(start), int(end)) for start, end in values.get("places", ()))
        return cls(**values)


# Order of the contract in the architecture, which is the order people read in.
_FIGURE_FIELDS = (
    "measure", "text", "value", "value_high", "unit", "approx", "role", "direction", "baseline", "period",
    "period_start", "period_end", "sentence", "sentence_index", "start", "end", "section", "group", "change_of",
    "places", "key", "score",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Bullet:
    """A printable key-figure statement and the indices of its figures in ``Briefing.figures``."""

    text: str
    figures: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Evidence:
    """Ties ``summary[start:end]`` to ``text[source_start:source_end]``."""

    start: int
    end: int
    source_start: int
    source_end: int
    kind: EvidenceKind


@dataclass(frozen=True, slots=True)
class Claim:
    """Something that a rejected hypothesis said and the article does not; ``kind`` names the broken rule."""

    text: str
    kind: str


@dataclass(frozen=True, slots=True)
class Summary:
    """A verified summary with its headline and what ties it to the article."""

    text: str
    origin: SummaryOrigin
    title: str | None
    title_origin: TitleOrigin
    evidence: tuple[Evidence, ...] = ()
    unsupported: tuple[Claim, ...] = ()
    truncated: bool = False


# What readers are told of where a title or summary comes from.
ORIGIN_LABELS = {"article": "theo bài", "generated": "máy viết", "extracted": "trích từ bài"}


@dataclass(frozen=True, slots=True)
class Briefing:
    """What an editor needs at the top of the page; the attributes are the JSON fields."""

    id: str
    source: str
    published: str | None
    title: str | None
    title_origin: TitleOrigin
    summary: str
    summary_origin: SummaryOrigin
    length: Length
    bullets: tuple[Bullet, ...]
    figures: tuple[KeyFigure, ...]
    evidence: tuple[Evidence, ...]
    unsupported: tuple[Claim, ...]
    truncated: bool
    warnings: tuple[str, ...]
    model: str
    text: str = field(repr=False)

    def to_dict(self, *, with_text: bool = True) -> dict[str, Any]:
        """JSON object of the contract, ``text`` last or left out."""
        record: dict[str, Any] = {"schema": SCHEMA_VERSION}
        record.update({item.name: getattr(self, item.name) for item in fields(self)})
        record["bullets"] = [{"text": b.text, "figures": list(b.figures)} for b in self.bullets]
        record["figures"] = [figure.to_dict() for figure in self.figures]
        record["evidence"] = [_plain(item) for item in self.evidence]
        record["unsupported"] = [_plain(item) for item in self.unsupported]
        record["warnings"] = list(self.warnings)
        if not with_text:
            del record["text"]
        return record

    def to_frame(self) -> Any:
        """The figures as a pandas ``DataFrame``, a row each (extra ``pandas``); for many: ``figures_frame``.

        Raises:
            MissingExtraError: pandas is not installed.
        """
        from thads_nlp.frames import figures_frame

        return figures_frame([self])

    def _repr_html_(self) -> str:
        """How a notebook shows it: headline, summary, bullets, and where title and summary come from."""
        title = escape(self.title or "(chưa có tít)")
        bullets = "".join(f"<li>{escape(bullet.text)}</li>" for bullet in self.bullets)
        notes = [f"tít: {ORIGIN_LABELS[self.title_origin]}", f"tóm tắt: {ORIGIN_LABELS[self.summary_origin]}"]
        notes += [f"{len(self.figures)} số liệu", escape(self.model), *(escape(warning) for warning in self.warnings)]
        return (
            f'<article lang="vi"><h3>{title}</h3><p>{escape(self.summary)}</p>'
            f"{f'<ul>{bullets}</ul>' if bullets else ''}<p><small>{' · '.join(notes)}</small></p></article>"
        )

    @classmethod
    def from_dict(cls, record: dict[str, Any]) -> Briefing:
        """Inverse of ``to_dict``; a record without text gets an empty one."""
        values = {key: value for key, value in record.items() if key != "schema"}
        values.setdefault("text", "")
        values["bullets"] = tuple(Bullet(b["text"], tuple(b["figures"])) for b in values["bullets"])
        values["figures"] = tuple(KeyFigure.from_dict(item) for item in values["figures"])
        values["evidence"] = tuple(Evidence(**item) for item in values["evidence"])
        values["unsupported"] = tuple(Claim(**item) for item in values["unsupported"])
        values["warnings"] = tuple(values["warnings"])
        return cls(**values)


@dataclass(frozen=True, slots=True)
class Failure:
    """An article that could not be briefed: where in the pipe, and why in words for its archivist."""

    id: str
    stage: Stage
    reason: str
    source: str = ""

    def to_dict(self) -> dict[str, Any]:
        """JSON object of a failure record."""
        return {"schema": SCHEMA_VERSION, **_plain(self)}


def canonical(value: Decimal) -> str:
    """Plain decimal string without exponent or trailing zeros: Decimal("1.50E+3") gives "1500"."""
    if value == value.to_integral_value():
        return f"{value.to_integral_value():f}"
    return f"{value.normalize():f}"


def _plain(item: Evidence | Claim | Failure) -> dict[str, Any]:
    """Fields of a flat dataclass in declaration order."""
    return {entry.name: getattr(item, entry.name) for entry in fields(item)}
