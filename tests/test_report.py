"""The review page: what is marked and linked, that texts stay texts, and how it behaves in a real browser."""

import json
import os
import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from thads_nlp.cli import main
from thads_nlp.report.annotate import article_lines, summary_links
from thads_nlp.report.page import review_page
from thads_nlp.schema import Article, Briefing, Bullet, Claim
from thads_nlp.summarizer import Summarizer

SAMPLES = Path(__file__).parents[1] / "data" / "samples"
HOSTILE = '<script>window.hacked = 1</script><img src=x onerror="window.hacked=1">"\'</style></textarea>{{ 7*7 }}'
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


def brief(name: str) -> Briefing:
    text = (SAMPLES / f"{name}.txt").read_text(encoding="utf-8")
    return Summarizer.load(summarizer="extractive").brief(Article(text, id=name, source=f"{name}.txt"))


@pytest.fixture(scope="module")
def briefing() -> Briefing:
    return brief("thi_hanh_an_quy_2")


class Parsed(HTMLParser):
    """Tags with their attributes, and the visible text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def test_pieces_are_the_text_and_figures_stand_where_they_are(briefing: Briefing) -> None:
    lines = article_lines(briefing)
    kept = [line for line in briefing.text.split("\n") if re.search(r"\w", line)]
    assert ["".join(piece.text for piece in line) for line in lines] == kept
    for index, figure in enumerate(briefing.figures):
        assert "".join(p.text for line in lines for p in line if p.figure == index) == figure.text
    assert any(piece.is_shaded for line in lines for piece in line)
    assert "".join(link.text for link in summary_links(briefing)) == briefing.summary


@given(st.text(max_size=40), st.text(alphabet="ab .\n1%", max_size=200))
def test_cutting_loses_nothing_of_any_text(summary: str, text: str) -> None:
    odd = replace(brief_of_nothing(), summary=summary, text=text)
    kept = [line for line in text.split("\n") if re.search(r"\w", line)]
    assert ["".join(piece.text for piece in line) for line in article_lines(odd)] == kept
    assert "".join(link.text for link in summary_links(odd)) == summary


def brief_of_nothing() -> Briefing:
    return Briefing(
        "id", "", None, None, "extracted", "", "extracted", "standard", (), (), (), (), False, (), "extractive", "",
    )  # fmt: skip


def test_every_link_has_its_place_and_every_id_is_one(briefing: Briefing) -> None:
    parsed = Parsed(review_page([briefing, briefing]))
    ids = [attrs["id"] for _, attrs in parsed.tags if "id" in attrs]
    assert len(ids) == len(set(ids))
    links = [str(attrs["href"]) for tag, attrs in parsed.tags if tag == "a"]
    assert links
    assert {link.removeprefix("#") for link in links} <= set(ids)


def test_nothing_is_fetched_and_nothing_foreign_may_run(briefing: Briefing) -> None:
    page = review_page([briefing])
    parsed = Parsed(page)
    policy = next(str(a["content"]) for t, a in parsed.tags if a.get("http-equiv") == "Content-Security-Policy")
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert not [tag for tag, _ in parsed.tags if tag in ("link", "img", "iframe")]
    names = {key for _, attrs in parsed.tags for key in attrs}
    assert not [name for name in names if name in ("src", "style") or name.startswith("on")]


def test_hostile_words_stay_words(briefing: Briefing) -> None:
    odd = replace(
        briefing, title=HOSTILE, summary=HOSTILE, text=HOSTILE, id=HOSTILE, source=HOSTILE, figures=(), evidence=(),
        bullets=(Bullet(HOSTILE, ()),), unsupported=(Claim(HOSTILE, HOSTILE),), warnings=(HOSTILE,), model=HOSTILE,
    )  # fmt: skip
    parsed = Parsed(review_page([odd]))
    assert sum(tag == "script" for tag, _ in parsed.tags) == 1
    assert not [tag for tag, _ in parsed.tags if tag == "img"]
    assert HOSTILE in "".join(parsed.text)
    assert "49" not in "".join(parsed.text)
    assert "<script" not in odd._repr_html_()


def test_the_command_writes_one_page_for_all_files(tmp_path: Path) -> None:
    out = tmp_path / "review.html"
    files = [str(SAMPLES / f"{name}.txt") for name in ("gia_vang_xang", "y_te_tiem_chung")]
    result = CliRunner().invoke(
        main, ["brief", "--summarizer", "extractive", "--format", "html", "-o", str(out), *files]
    )
    assert result.exit_code == 0, result.output
    page = out.read_text(encoding="utf-8")
    assert page.startswith("<!doctype html>\n<html lang=\"vi\">")
    assert page.count('<article class="review"') == 2


def archive(folder: Path, briefings: list[Briefing]) -> Path:
    path = folder / "briefs.jsonl"
    path.write_text("".join(json.dumps(one.to_dict()) + "\n" for one in briefings), encoding="utf-8")
    return path


def test_a_site_pages_its_index_and_names_no_file_after_an_id(briefing: Briefing, tmp_path: Path) -> None:
    made = [replace(briefing, id=f"../../{number}\n{HOSTILE}") for number in range(205)]
    path = archive(tmp_path, made)
    path.write_text(path.read_text() + "not json\n", encoding="utf-8")
    site = tmp_path / "site"
    result = CliRunner().invoke(main, ["report", str(path), "-o", str(site)])
    assert result.exit_code == 1
    assert "line 206" in result.stderr
    assert sorted(p.name for p in site.iterdir()) == ["articles", "index-2.html", "index.html"]
    pages = list((site / "articles").rglob("*.html"))
    assert len(pages) == 205
    assert all(re.fullmatch(r"[0-9a-f]{20}\.html", page.name) for page in pages)
    links = [a["href"] for t, a in Parsed((site / "index-2.html").read_text()).tags if t == "a"]
    assert sum((site / str(link)).is_file() for link in links) == 6
    assert CliRunner().invoke(main, ["report", str(tmp_path / "none"), "-o", str(tmp_path / "s2")]).exit_code == 3
    assert CliRunner().invoke(main, ["report", str(path), "-o", str(tmp_path)]).exit_code == 2


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    if CHROMIUM is None:
        if os.environ.get("THADS_REQUIRE_BROWSER"):
            pytest.fail("no Chromium was found, and THADS_REQUIRE_BROWSER asks for one")
        pytest.skip("no Chromium is installed; the page is not tried in a browser")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def page_file(briefing: Briefing, tmp_path: Path) -> Path:
    path = tmp_path / "review.html"
    path.write_text(review_page([briefing]), encoding="utf-8")
    return path


def test_keys_and_clicks_lead_to_the_place(browser: Any, page_file: Path, briefing: Briefing) -> None:
    page = browser.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.goto(page_file.as_uri())
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    assert page.locator("a.on").count() == 1
    page.keyboard.press("Enter")
    target = f"a0-f{briefing.bullets[0].figures[0]}"
    assert page.url.endswith("#" + target)
    assert page.locator(f"#{target} .tip").is_visible()
    page.locator(".summary a").first.click()
    page.wait_for_timeout(700)
    place = page.locator(":target").bounding_box()
    assert place
    assert 0 <= place["y"] <= page.viewport_size["height"]
    page.get_by_label("English").check()
    assert page.get_by_role("button", name="Copy Markdown").is_visible()
    assert not said


def test_links_work_without_scripts(browser: Any, page_file: Path) -> None:
    page = browser.new_context(java_script_enabled=False).new_page()
    page.goto(page_file.as_uri())
    page.locator("a.bullet").first.click()
    assert "#a0-f" in page.url
    assert page.locator(":target .tip").is_visible()


@pytest.mark.parametrize("width", [360, 800, 1400])
def test_nothing_runs_over_the_edge(browser: Any, page_file: Path, width: int) -> None:
    page = browser.new_page(viewport={"width": width, "height": 900})
    page.goto(page_file.as_uri())
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.locator(".fig").last.focus()
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_hostile_pages_run_nothing(browser: Any, briefing: Briefing, tmp_path: Path) -> None:
    path = tmp_path / "hostile.html"
    path.write_text(review_page([replace(briefing, title=HOSTILE, bullets=(Bullet(HOSTILE, (0,)),))]), encoding="utf-8")
    page = browser.new_page()
    page.goto(path.as_uri())
    assert page.evaluate("window.hacked") is None
    assert HOSTILE[:30] in page.locator("h1").inner_text()


def test_search_and_filters_of_the_index(browser: Any, tmp_path: Path) -> None:
    site = tmp_path / "site"
    path = archive(tmp_path, [brief("gia_vang_xang"), brief("van_hoa_khong_so_lieu")])
    assert CliRunner().invoke(main, ["report", str(path), "-o", str(site)]).exit_code == 0
    page = browser.new_page()
    page.goto((site / "index.html").as_uri())
    rows = page.locator(".articles li:visible")
    assert rows.count() == 2
    page.locator("#figures").check()
    assert rows.count() == 1
    page.locator("#search").fill("khong co chu nay")
    assert page.locator(".none").is_visible()
    page.locator("#search").fill("GIA VANG")
    assert rows.count() == 1
    rows.locator("a").click()
    assert page.locator("h1").is_visible()
