"""The independent check of shown briefs: what stands in the article passes, whatever else is named."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[1] / "scripts" / "check_shown.py"
TEXT = (
    "Doanh thu của Công ty Cấp nước Hà Bắc đạt 320,5 tỷ đồng, tăng 12,5% so với năm 2019. Ông Trần Văn Hoà, giám đốc, "
    "nói: “Chúng tôi sẽ không tăng giá nước trong năm nay. Người dân có thể yên tâm”. Ba công nhân được khen."
)


def run(tmp_path: Path, *briefs: object) -> subprocess.CompletedProcess[str]:
    """The script on briefs."""
    file = tmp_path / "briefs.jsonl"
    file.write_text("".join(json.dumps(brief, ensure_ascii=False) + "\n" for brief in briefs), encoding="utf-8")
    return subprocess.run([sys.executable, SCRIPT, file], capture_output=True, text=True, check=False)


def brief(summary: str, title: str | None = None, bullets: tuple[str, ...] = ()) -> dict[str, object]:
    """A brief of the article."""
    return {"id": "a", "title": title, "summary": summary, "bullets": [{"text": b} for b in bullets], "text": TEXT}


@pytest.mark.parametrize(
    "summary",
    [
        "Doanh thu của Hà Bắc tăng 12,5% so với năm 2019.",
        "Khen 3 công nhân ở Hà Bắc.",
        "Ông Trần Văn Hòa nói sẽ không tăng giá nước.",
        'Giám đốc: "Chúng tôi sẽ không tăng giá nước... Người dân có thể yên tâm".',
        'Công ty "đi trước một bước".',
    ],
)
def test_what_stands_in_the_article_passes(tmp_path: Path, summary: str) -> None:
    done = run(tmp_path, brief(summary, "Hà Bắc: doanh thu tăng", ("Doanh thu: 320,5 tỷ đồng",)))
    assert done.returncode == 0, done.stdout
    assert "briefs: 1 checked" in done.stdout


@pytest.mark.parametrize(
    ("summary", "offender"),
    [
        ("Doanh thu của Hà Bắc tăng 12,6%.", "number: 12,6"),
        ("Doanh thu đạt 320 tỷ đồng.", "number: 320"),
        ("Khen 4 công nhân ở Hà Bắc.", "number: 4"),
        ("Doanh thu của Nam Bắc tăng.", "name: Nam Bắc"),
        ("Theo ông Trần Văn Hà Bắc, doanh thu tăng.", "name: Trần Văn Hà Bắc"),
        ("Trần Văn Bắc được khen.", "name: Trần Văn Bắc"),
        ("Giám đốc: “Chúng tôi sẽ tăng giá nước trong năm nay”.", "quote: Chúng tôi sẽ tăng giá nước trong năm nay"),
    ],
)
def test_what_does_not_stand_there_is_named(tmp_path: Path, summary: str, offender: str) -> None:
    done = run(tmp_path, brief("Doanh thu tăng."), brief(summary))
    assert done.returncode == 1
    assert f"a: summary: {offender}" in done.stdout


def test_titles_and_bullets_are_checked_too(tmp_path: Path) -> None:
    done = run(tmp_path, brief("Doanh thu tăng.", "Nam Định tăng", ("Doanh thu: 7 tỷ đồng",)))
    assert "a: title: name: Nam Định" in done.stdout
    assert "a: bullet: number: 7" in done.stdout


def test_a_brief_without_text_is_no_pass(tmp_path: Path) -> None:
    done = run(tmp_path, {"summary": "Doanh thu tăng."})
    assert done.returncode == 2
    assert "line 1" in done.stdout


def test_it_uses_nothing_of_the_package() -> None:
    assert "import thads_nlp" not in SCRIPT.read_text(encoding="utf-8")
    assert "from thads_nlp" not in SCRIPT.read_text(encoding="utf-8")
