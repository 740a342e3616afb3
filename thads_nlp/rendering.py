"""Briefings and figures as plain text and Markdown, in Vietnamese."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape

from thads_nlp.schema import ORIGIN_LABELS, Briefing, KeyFigure, canonical

# What warnings of a record say to an editor, by their opening words.
_WARNINGS = {
    "sentences were left out": "bài dài hơn phần máy đọc được: có câu không được đọc khi viết tóm tắt",
    "lines of marks part": "tệp có thể chứa nhiều bài: có dòng ký hiệu ngăn văn bản thành nhiều phần",
    "no headline could be made": "chưa có tít nào mà từng chữ đều có căn cứ trong bài",
}
_MARKDOWN = re.compile(r"([\\`*_{}\[\]<>#|])")


def briefing_text(briefing: Briefing) -> str:
    """Headline, summary and bullets as an editor pastes them."""
    lines = [briefing.title or "(chưa có tít)", "", briefing.summary]
    if briefing.bullets:
        lines += ["", *(f"• {bullet.text}" for bullet in briefing.bullets)]
    origin = f"[tít: {ORIGIN_LABELS[briefing.title_origin]}; tóm tắt: {ORIGIN_LABELS[briefing.summary_origin]}]"
    return "\n".join([*lines, "", origin, *(f"! {vietnamese_warning(warning)}" for warning in briefing.warnings)])


def vietnamese_warning(warning: str) -> str:
    """A warning of a briefing in Vietnamese; one that is not known stays as it is."""
    return next((text for opening, text in _WARNINGS.items() if warning.startswith(opening)), warning)


def briefing_markdown(briefing: Briefing) -> str:
    """The same with Markdown marks; the article's words cannot become markup."""
    lines = [f"# {_escaped(briefing.title or '(chưa có tít)')}", "", _escaped(briefing.summary)]
    if briefing.bullets:
        lines += ["", *(f"- {_escaped(bullet.text)}" for bullet in briefing.bullets)]
    return "\n".join(lines)


def briefing_html(briefing: Briefing) -> str:
    """Headline, summary and bullets as plain HTML to paste into an article; everything is escaped."""
    bullets = "".join(f"<li>{escape(bullet.text)}</li>" for bullet in briefing.bullets)
    listed = f"\n<ul>{bullets}</ul>" if bullets else ""
    return f"<h2>{escape(briefing.title or '(chưa có tít)')}</h2>\n<p>{escape(briefing.summary)}</p>{listed}"


def figures_text(figures: Sequence[KeyFigure]) -> str:
    """One line a figure: place, text, and what is known of it."""
    return "\n".join(_figure_line(figure) for figure in figures) or "(không có số liệu)"


def figures_markdown(figures: Sequence[KeyFigure]) -> str:
    """A Markdown table of the figures."""
    head = ["| Chỉ tiêu | Số liệu | Giá trị | Đơn vị | So với | Kỳ |", "|---|---|---|---|---|---|"]
    rows = [
        "| " + " | ".join(_escaped(cell) for cell in (
            figure.measure or "", figure.text, canonical(figure.value), figure.unit, figure.baseline or "",
            figure.period or "",
        )) + " |"
        for figure in figures
    ]  # fmt: skip
    return "\n".join([*head, *rows])


def _figure_line(figure: KeyFigure) -> str:
    """A line such as "* 25,39% [712-718] …", the star for key figures."""
    parts = [figure.measure or "?", figure.role + (f" {figure.direction}" if figure.direction else "")]
    parts += [f"so với {figure.baseline}"] if figure.baseline else []
    parts += [figure.period] if figure.period else []
    return f"{'*' if figure.key else ' '} {figure.text} [{figure.start}-{figure.end}] {'; '.join(parts)}"


def _escaped(text: str) -> str:
    """Text without Markdown's special characters' effect."""
    return _MARKDOWN.sub(r"\\\1", text)
