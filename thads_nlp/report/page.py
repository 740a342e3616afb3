"""Self-contained HTML pages from briefings; texts can never become markup (Jinja2 with autoescape)."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from importlib import resources
from typing import Any

from thads_nlp.errors import MissingExtraError
from thads_nlp.rendering import briefing_html, briefing_markdown, briefing_text
from thads_nlp.report.annotate import Annotated, Link, TextLine
from thads_nlp.report.labels import Detail, Words, claim_kind, day, details, grouped, kind, value, warnings
from thads_nlp.schema import Briefing, KeyFigure

# Width of the longest bar, and of the shortest that can be seen, in CSS pixels.
_BAR_WIDTH = 120
_LEAST_BAR = 2.0
_RATES = ("%", "điểm %")


@dataclass(frozen=True, slots=True)
class Bar:
    """A change as a bar: offset and width in CSS pixels, where zero lies, the whole scale, and what it says."""

    left: float
    width: float
    zero: float
    whole: float
    is_up: bool
    label: str


@dataclass(frozen=True, slots=True)
class _Scale:
    """CSS pixels of one percent, and those left and right of zero."""

    unit: Decimal
    left: float
    right: float


@dataclass(frozen=True, slots=True)
class ShownBullet:
    """A bullet, the id of its first figure, those of its others, and its bar."""

    text: str
    target: str | None
    others: tuple[str, ...]
    bar: Bar | None


@dataclass(frozen=True, slots=True)
class ShownFigure:
    """A figure: where it is, its tooltip, and its row in the table of all figures."""

    figure: KeyFigure
    target: str | None
    details: tuple[Detail, ...]
    value: Words
    kind: Words


@dataclass(frozen=True, slots=True)
class ShownClaim:
    """What a rejected draft claimed and the rule that it broke."""

    text: str
    kind: Words


@dataclass(frozen=True, slots=True)
class Copies:
    """What the copy buttons put on the clipboard."""

    plain: str
    markdown: str
    html: str


@dataclass(frozen=True, slots=True)
class Review:
    """All that the template shows of one briefing; ``number`` keeps ids apart on a page of several."""

    number: int
    briefing: Briefing
    published: str | None
    summary: tuple[Link, ...]
    bullets: tuple[ShownBullet, ...]
    lines: tuple[TextLine, ...]
    figures: tuple[ShownFigure, ...]
    claims: tuple[ShownClaim, ...]
    warnings: tuple[Words, ...]
    copies: Copies


def review_page(briefings: Sequence[Briefing], back: str | None = None) -> str:
    """One page for one or several briefings.

    Args:
        briefings: with their texts; without, the page says that it has none.
        back: relative address of the index that the page belongs to.

    Raises:
        MissingExtraError: jinja2 is not installed.
    """
    reviews = [_review(number, briefing) for number, briefing in enumerate(briefings)]
    return render("review.html.j2", "review.js", reviews=reviews, back=back)


def render(template: str, program: str, **values: Any) -> str:
    """A template with its style and script inside, and the policy that allows nothing else."""
    style, script = asset("page.css"), asset(program)
    policy = (
        f"default-src 'none'; style-src '{digest(style)}'; script-src '{digest(script)}'; "
        "base-uri 'none'; form-action 'none'"
    )
    made: str = _environment().get_template(template).render(style=style, script=script, policy=policy, **values)
    return made


def digest(text: str) -> str:
    """The name by which a content security policy allows an inline style or script."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode("utf-8")).digest()).decode("ascii")


@lru_cache(maxsize=8)
def asset(name: str) -> str:
    """A file beside the templates."""
    return (resources.files("thads_nlp.report") / "templates" / name).read_text(encoding="utf-8")


@lru_cache(maxsize=1)
def _environment() -> Any:
    """Jinja2 over the packaged templates: everything escaped, unknown names are errors."""
    try:
        import jinja2
    except ImportError as error:
        raise MissingExtraError("the review page", "report", "jinja2") from error
    made = jinja2.Environment(
        loader=jinja2.FunctionLoader(asset), autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True,
        lstrip_blocks=True,
    )  # fmt: skip
    made.policies["json.dumps_kwargs"] = {"ensure_ascii": False, "separators": (",", ":")}
    return made


def _review(number: int, briefing: Briefing) -> Review:
    """What is shown of a briefing."""
    marked = Annotated(briefing)
    anchors = tuple(marked.figure_anchor(index) for index in range(len(briefing.figures)))
    return Review(
        number,
        briefing,
        day(briefing.published) if briefing.published else None,
        marked.summary_links(),
        tuple(_bullets(briefing, anchors)),
        marked.lines(),
        tuple(
            ShownFigure(figure, anchor, details(figure), value(figure), kind(figure))
            for figure, anchor in zip(briefing.figures, anchors, strict=True)
        ),
        tuple(ShownClaim(claim.text, claim_kind(claim.kind)) for claim in briefing.unsupported),
        warnings(briefing.warnings),
        Copies(briefing_text(briefing), briefing_markdown(briefing), briefing_html(briefing)),
    )


def _bullets(briefing: Briefing, anchors: Sequence[str | None]) -> list[ShownBullet]:
    """Bullets with links, and bars that share one scale."""
    changes = [_change(briefing, bullet.figures) for bullet in briefing.bullets]
    scale = _scale([figure for figure in changes if figure is not None])
    shown = []
    for bullet, change in zip(briefing.bullets, changes, strict=True):
        targets = [anchor for index in bullet.figures if (anchor := anchors[index])]
        bar = _bar(change, scale) if change is not None else None
        shown.append(ShownBullet(bullet.text, targets[0] if targets else None, tuple(targets[1:]), bar))
    return shown


def _scale(changes: Sequence[KeyFigure]) -> _Scale:
    """A scale on which the largest change has the full width, with room to the left of zero for what fell."""
    rise = max((abs(figure.value) for figure in changes if figure.direction == "up"), default=Decimal(0))
    fall = max((abs(figure.value) for figure in changes if figure.direction == "down"), default=Decimal(0))
    unit = Decimal(_BAR_WIDTH) / (max(rise, fall) or 1)
    return _Scale(unit, _length(fall, unit) if fall else 0.0, _length(rise, unit) if rise else 0.0)


def _bar(change: KeyFigure, scale: _Scale) -> Bar:
    """A change as a bar from zero, to the right for more and to the left for less."""
    is_up = change.direction == "up"
    width = _length(change.value, scale.unit)
    label = f"{'+' if is_up else '−'}{grouped(abs(change.value))} {change.unit}"
    left = scale.left if is_up else round(scale.left - width, 1)
    return Bar(left, width, scale.left, round(scale.left + scale.right, 1), is_up, label)


def _length(value: Decimal, unit: Decimal) -> float:
    """Length of a bar in CSS pixels."""
    return max(round(float(abs(value) * unit), 1), _LEAST_BAR)


def _change(briefing: Briefing, indices: Sequence[int]) -> KeyFigure | None:
    """The change by a rate among a bullet's figures; amounts of money or cases have no common scale."""
    figures = [briefing.figures[index] for index in indices]
    return next((f for f in figures if f.role == "change" and f.unit in _RATES and f.direction), None)
