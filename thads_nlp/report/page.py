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
from thads_nlp.rendering import briefing_markdown, briefing_text
from thads_nlp.report.annotate import Link, Piece, article_lines, summary_links
from thads_nlp.schema import Briefing, KeyFigure, canonical

# Width of the longest bar in the page's units.
_BAR_WIDTH = 72
_ROLES = {"level": ("mức", "level"), "change": ("thay đổi", "change"), "share": ("tỷ trọng", "share"),
          "target": ("mục tiêu", "target")}  # fmt: skip
_DIRECTIONS = {"up": ("tăng", "up"), "down": ("giảm", "down")}


@dataclass(frozen=True, slots=True)
class Words:
    """A label of the interface in both languages."""

    vi: str
    en: str


@dataclass(frozen=True, slots=True)
class Detail:
    """A line of a figure's tooltip."""

    label: Words
    value: str


@dataclass(frozen=True, slots=True)
class Bar:
    """A change in percent as a bar: its width in page units and what it says."""

    width: float
    is_up: bool
    label: str


@dataclass(frozen=True, slots=True)
class ShownBullet:
    """A bullet, the id of its first figure and its bar."""

    text: str
    target: str | None
    bar: Bar | None


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
    summary: tuple[Link, ...]
    bullets: tuple[ShownBullet, ...]
    lines: tuple[tuple[Piece, ...], ...]
    details: tuple[tuple[Detail, ...], ...]
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
    return render("review.html.j2", reviews=reviews, back=back)


def render(template: str, **values: Any) -> str:
    """A template with its style and script inside, and the policy that allows nothing else."""
    style, script = asset("page.css"), asset("page.js")
    policy = (
        f"default-src 'none'; style-src '{digest(style)}'; script-src '{digest(script)}'; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )
    made: str = _environment().get_template(template).render(style=style, script=script, policy=policy, **values)
    return made


def digest(text: str) -> str:
    """The name by which a content security policy allows an inline style or script."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode("utf-8")).digest()).decode("ascii")


@lru_cache(maxsize=4)
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
    loader = jinja2.FunctionLoader(asset)
    return jinja2.Environment(
        loader=loader, autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )


def _review(number: int, briefing: Briefing) -> Review:
    """What is shown of a briefing."""
    return Review(
        number,
        briefing,
        summary_links(briefing),
        tuple(_bullets(briefing)),
        article_lines(briefing),
        tuple(tuple(_details(figure)) for figure in briefing.figures),
        Copies(briefing_text(briefing), briefing_markdown(briefing), briefing._repr_html_()),
    )


def _bullets(briefing: Briefing) -> list[ShownBullet]:
    """Bullets with links, and bars that share one scale."""
    changes = [_change(briefing, bullet.figures) for bullet in briefing.bullets]
    top = max((abs(figure.value) for figure in changes if figure is not None), default=0)
    shown = []
    for bullet, change in zip(briefing.bullets, changes, strict=True):
        bar = None
        if change is not None and top:
            sign = "+" if change.direction == "up" else "−"
            width = round(float(abs(change.value) / top) * _BAR_WIDTH, 1)
            bar = Bar(max(width, 2.0), change.direction == "up", f"{sign}{canonical(change.value).replace('.', ',')} %")
        shown.append(ShownBullet(bullet.text, f"f{bullet.figures[0]}" if bullet.figures else None, bar))
    return shown


def _change(briefing: Briefing, indices: Sequence[int]) -> KeyFigure | None:
    """The change in percent among a bullet's figures."""
    figures = [briefing.figures[index] for index in indices]
    return next((f for f in figures if f.role == "change" and f.unit == "%" and f.direction), None)


def _details(figure: KeyFigure) -> list[Detail]:
    """Lines of a tooltip."""
    value = _grouped(figure.value) + (f" – {_grouped(figure.value_high)}" if figure.value_high is not None else "")
    role = Words(*_ROLES[figure.role])
    direction = _DIRECTIONS.get(figure.direction or "")
    kind = f"{role.vi}, {direction[0]}" if direction else role.vi
    lines = [
        Detail(Words("Chỉ tiêu", "Measure"), figure.measure or "—"),
        Detail(Words("Giá trị", "Value"), f"{value} {figure.unit}".strip()),
        Detail(Words("Loại", "Kind"), kind),
    ]
    if figure.baseline:
        lines.append(Detail(Words("So với", "Against"), figure.baseline))
    if figure.period:
        lines.append(Detail(Words("Kỳ", "Period"), figure.period))
    return lines


def _grouped(value: Decimal) -> str:
    """A number as Vietnamese print shows it: dots between thousands, a comma before decimals."""
    whole, _, decimals = canonical(value).partition(".")
    sign, digits = ("−", whole[1:]) if whole.startswith("-") else ("", whole)
    return f"{sign}{int(digits):,}".replace(",", ".") + (f",{decimals}" if decimals else "")
