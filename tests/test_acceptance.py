"""The article that started the project, end to end with the shipped model."""

from pathlib import Path

import pytest

from thads_nlp import Summarizer
from thads_nlp.model.openings import opens_outside


@pytest.mark.model
@pytest.mark.shared
def test_the_acceptance_article(shared_dir: Path) -> None:
    text = (shared_dir / "design" / "samples" / "thads_q3_2020.txt").read_text(encoding="utf-8")
    briefing = Summarizer.load().brief(text)
    stated = [(figure.text, figure.direction, figure.baseline) for figure in briefing.figures]
    year = "cùng kỳ năm 2019"
    assert [(t, d) for t, d, _ in stated] == [
        ("6.068 tỷ đồng", "up"), ("25,39%", "up"), ("19,92%", None), ("3,91%", "up"), ("1,96%", "down"),
    ]  # fmt: skip
    assert {b for _, d, b in stated if d} == {year}
    assert all(figure.measure for figure in briefing.figures)
    assert briefing.title
    assert not opens_outside(briefing.title)
    assert not opens_outside(briefing.summary)
    assert "thi hành án" in briefing.summary.lower() or "THADS" in briefing.summary
    results = ("tăng hơn 6.068 tỷ đồng", "tăng 25,39%", "tăng 3,91%", "giảm 1,96%")
    assert any(result in briefing.summary for result in results)
    assert not any(mark in briefing.summary for mark in ("|", "K.Quy", "Quyết liệt, sâu sát trong chỉ đạo"))
