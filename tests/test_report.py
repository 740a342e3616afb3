"""The review page: what is marked and linked, that texts stay texts, and how it behaves in a real browser."""

import itertools
import json
import os
import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from functools import lru_cache
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from thads_nlp.cli import main
from thads_nlp.errors import InputError
from thads_nlp.rendering import briefing_markdown, briefing_text
from thads_nlp.report.annotate import Annotated
from thads_nlp.report.labels import details, grouped
from thads_nlp.report.page import review_page
from thads_nlp.report.records import read_briefing
from thads_nlp.report.site import shown_pages, write_site
from thads_nlp.report.trace import sentence_spans, trace
from thads_nlp.schema import Article, Briefing, Bullet, Claim, Evidence
from thads_nlp.summarizer import Summarizer

SAMPLES = Path(__file__).parents[1] / "data" / "samples"
HOSTILE = '<script>window.hacked = 1</script><img src=x onerror="window.hacked=1">"\'</style></textarea>{{ 7*7 }}'
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


@lru_cache(maxsize=8)
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


def lines_of(briefing: Briefing) -> list[str]:
    return ["".join(piece.text for piece in line.pieces) for line in Annotated(briefing).lines()]


def test_pieces_are_the_text_and_figures_stand_where_they_are(briefing: Briefing) -> None:
    marked = Annotated(briefing)
    assert lines_of(briefing) == [line for line in briefing.text.split("\n") if re.search(r"\w", line)]
    pieces = [piece for line in marked.lines() for piece in line.pieces]
    for index, figure in enumerate(briefing.figures):
        found = [piece for piece in pieces if piece.figure == index]
        assert {piece.text for piece in found} >= {figure.text}
        assert marked.figure_anchor(index) in {piece.anchor for piece in found}
    assert "".join(link.text for link in marked.summary_links()) == briefing.summary


def test_repeats_of_a_figure_are_marked_too(briefing: Briefing) -> None:
    text = "Tỉnh thu 5 tỷ đồng. Cả năm thu 5 tỷ đồng."
    figure = replace(briefing.figures[0], text="5 tỷ đồng", start=9, end=18, places=((9, 18), (31, 40)))
    odd = replace(brief_of_nothing(), text=text, figures=(figure,))
    found = [piece for line in Annotated(odd).lines() for piece in line.pieces if piece.figure == 0]
    assert [(piece.text, piece.anchor) for piece in found] == [("5 tỷ đồng", "f0"), ("5 tỷ đồng", "f0-31")]


SOURCE = "Thu năm 2019 tăng.\nÔng A. Nguyễn cho biết tỉnh B thu 5 tỷ đồng trong năm 2019, tăng 3%. Tỉnh C giảm."


def test_what_the_summary_says_is_shaded_where_it_was_said() -> None:
    summary = "Tỉnh B thu 5 tỷ đồng trong năm 2019."
    year = summary.index("2019")
    evidence = Evidence(year, year + 4, SOURCE.index("2019"), SOURCE.index("2019") + 4, "quantity")
    traced = trace(replace(brief_of_nothing(), text=SOURCE, summary=summary, evidence=(evidence,)))
    assert [SOURCE[start:end] for start, end in traced.drawn] == [SOURCE.split("\n")[1].split(" Tỉnh C")[0]]
    moved = traced.evidence[0]
    assert moved.source_start == SOURCE.rindex("2019")
    assert SOURCE[moved.source_start : moved.source_end] == "2019"


def test_a_quantity_from_elsewhere_shades_its_own_sentence() -> None:
    summary = "Có tới 7 vụ."
    text = "Hội nghị diễn ra sáng nay. Xảy ra 7 vụ cháy."
    at = text.index("7 vụ")
    traced = trace(
        replace(brief_of_nothing(), text=text, summary=summary, evidence=(Evidence(7, 11, at, at + 4, "quantity"),))
    )
    assert [text[start:end] for start, end in traced.drawn] == ["Xảy ra 7 vụ cháy."]


@given(st.text(alphabet="abA .!\n…”TP1,", max_size=120))
def test_sentences_cover_all_but_spaces(text: str) -> None:
    spans = sentence_spans(text)
    assert "".join("".join(text[start:end].split()) for start, end in spans) == "".join(text.split())
    assert all(first[1] <= second[0] for first, second in itertools.pairwise(spans))


def test_abbreviations_end_no_sentence() -> None:
    text = "TP. Hồ Chí Minh thu 5 tỷ. Hà Nội thu 3 tỷ."
    assert [text[start:end] for start, end in sentence_spans(text)] == [
        "TP. Hồ Chí Minh thu 5 tỷ.", "Hà Nội thu 3 tỷ.",
    ]  # fmt: skip


@st.composite
def odd_briefings(draw: st.DrawFn) -> Briefing:
    """Briefings whose figures and evidence lie anywhere, in the text or not."""
    text = draw(st.text(alphabet="ab .\n1%", max_size=120))
    offset = st.integers(0, 130)
    base = brief("gia_vang_xang").figures[0]
    figures = tuple(
        replace(base, start=a, end=b, places=((c, d),))
        for a, b, c, d in draw(st.lists(st.tuples(offset, offset, offset, offset), max_size=4))
    )
    evidence = tuple(
        Evidence(a, b, c, d, "quantity")
        for a, b, c, d in draw(st.lists(st.tuples(offset, offset, offset, offset), max_size=4))
    )
    summary = draw(st.text(max_size=40))
    return replace(brief_of_nothing(), summary=summary, text=text, figures=figures, evidence=evidence)


@given(odd_briefings())
def test_cutting_loses_nothing_and_links_lead_somewhere_whatever_the_record(odd: Briefing) -> None:
    assert lines_of(odd) == [line for line in odd.text.split("\n") if re.search(r"\w", line)]
    marked = Annotated(odd)
    links = marked.summary_links()
    assert "".join(link.text for link in links) == odd.summary
    anchors = [piece.anchor for line in marked.lines() for piece in line.pieces if piece.anchor]
    assert len(anchors) == len(set(anchors))
    targets = {link.target for link in links} | {marked.figure_anchor(i) for i in range(len(odd.figures))}
    assert targets - {None} <= set(anchors)


def test_tooltips_tell_measure_value_baseline_and_period() -> None:
    briefing = brief("thi_hanh_an_quy_2")
    for figure in briefing.figures:
        lines = {line.label.en: line.value.vi for line in details(figure)}
        assert lines["Measure"] == (figure.measure or "chưa rõ")
        assert grouped(figure.value) in lines["Value"]
        assert lines.get("Against") == figure.baseline
        assert lines.get("Period", "").startswith(figure.period or "")
    assert grouped(Decimal("6068000000000")) == "6.068.000.000.000"
    assert grouped(Decimal("-1.50")) == "−1,5"


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
    assert sorted(p.name for p in site.iterdir()) == ["articles", "index-2.html", "index.html", "search.html"]
    pages = list((site / "articles").rglob("*.html"))
    assert len(pages) == 205
    assert all(re.fullmatch(r"[0-9a-f]{20}\.html", page.name) for page in pages)
    links = [str(a["href"]) for t, a in Parsed((site / "index-2.html").read_text()).tags if t == "a"]
    assert all((site / link).is_file() for link in links if not link.startswith("#"))
    assert sum(link.startswith("articles/") for link in links) == 5
    assert CliRunner().invoke(main, ["report", str(tmp_path / "none"), "-o", str(tmp_path / "s2")]).exit_code == 3
    assert CliRunner().invoke(main, ["report", str(path), "-o", str(tmp_path)]).exit_code == 2


def test_a_site_keeps_articles_of_one_id_apart_and_clears_old_pages(briefing: Briefing, tmp_path: Path) -> None:
    site = tmp_path / "site"
    small = replace(briefing, text="", figures=(), bullets=(), evidence=())
    assert write_site([replace(small, id="1")] * 450, site, lambda count: None) == 450
    assert len(list((site / "articles").rglob("*.html"))) == 450
    assert {p.name for p in site.glob("*.html")} == {"index.html", "index-2.html", "index-3.html", "search.html"}
    write_site([briefing], site, lambda count: None)
    assert {p.name for p in site.glob("*.html")} == {"index.html"}


def test_only_some_of_many_pages_are_linked() -> None:
    assert shown_pages(1, 1) == [1]
    assert shown_pages(7, 40) == [1, None, 5, 6, 7, 8, 9, None, 40]
    assert shown_pages(2, 3) == [1, 2, 3]


BROKEN = [
    lambda record: record.update(summary=None),
    lambda record: record.update(title=["x"]),
    lambda record: record.update(summary_origin="<b>"),
    lambda record: record["bullets"].append({"text": "x", "figures": [999]}),
    lambda record: record["bullets"].append({"text": 5, "figures": []}),
    lambda record: record["evidence"].append(
        {"start": "0", "end": 1, "source_start": 0, "source_end": 1, "kind": "name"}
    ),
    lambda record: record["figures"][0].update(value="NaN"),
    lambda record: record["figures"][0].update(value="1E+999999999"),
    lambda record: record["figures"][0].update(role="<script>"),
    lambda record: record["figures"][0].update(places=[[-1, 4]]),
    lambda record: record["figures"][0].update(period=7),
    lambda record: record.update(nonsense=1),
    lambda record: record.update(figures={}, evidence=None),
]


@pytest.mark.parametrize("number", range(len(BROKEN)))
def test_records_that_are_none_are_refused_in_words(briefing: Briefing, number: int) -> None:
    record = briefing.to_dict()
    assert read_briefing(json.dumps(record)) == briefing
    BROKEN[number](record)
    with pytest.raises(InputError, match="no briefing record"):
        read_briefing(json.dumps(record))


def test_half_a_surrogate_pair_stops_no_site(briefing: Briefing, tmp_path: Path) -> None:
    path = archive(tmp_path, [replace(briefing, id="\ud800", title="\ud800 <b>", text="x\udfff")])
    result = CliRunner().invoke(main, ["report", str(path), "-o", str(tmp_path / "site")])
    assert result.exit_code == 0, result.output


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


@pytest.fixture
def opened(browser: Any, page_file: Path) -> Iterator[Any]:
    """A page that is opened and has said nothing to the console by the end."""
    page = browser.new_page(viewport={"width": 1400, "height": 900})
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(page_file.as_uri())
    yield page
    page.close()
    assert not said


def is_in_view(page: Any, selector: str) -> bool:
    page.wait_for_timeout(900)
    place = page.locator(selector).bounding_box()
    return place is not None and 0 <= place["y"] <= page.viewport_size["height"]


def test_keys_go_through_numbers_and_bullets_and_lead_to_the_place(opened: Any, briefing: Briefing) -> None:
    jumps = opened.locator("a.jump")
    total = jumps.count()
    assert total > opened.locator("a.bullet").count() > 0
    for number in range(total):
        opened.keyboard.press("j")
        assert jumps.nth(number).evaluate("link => link.classList.contains('on') && link === document.activeElement")
    opened.keyboard.press("j")
    opened.keyboard.press("k")
    assert opened.locator("a.on").count() == 1
    assert jumps.nth(total - 2).evaluate("link => link.classList.contains('on')")
    for number in range(total):
        jumps.nth(number).focus()
        opened.keyboard.press("Enter")
        target = str(jumps.nth(number).get_attribute("href"))
        assert opened.url.endswith(target)
        assert opened.locator(":target").get_attribute("id") == target[1:]
    assert is_in_view(opened, ":target")
    mark = opened.locator(":target").evaluate("place => getComputedStyle(place).outlineStyle")
    assert mark == "solid"


def test_a_click_on_a_bullet_shows_its_note_and_lights_its_other_figures(opened: Any, briefing: Briefing) -> None:
    several = next(index for index, bullet in enumerate(briefing.bullets) if len(bullet.figures) > 1)
    opened.locator("a.bullet").nth(several).click()
    target = f"#a0-f{briefing.bullets[several].figures[0]}"
    assert opened.url.endswith(target)
    assert is_in_view(opened, target)
    assert opened.locator(f"{target} + .tip").is_visible()
    assert opened.locator(".fig.lit").count() == len(briefing.bullets[several].figures) - 1
    opened.keyboard.press("Escape")
    assert not opened.locator(f"{target} + .tip").is_visible()
    opened.locator(".summary a").first.click()
    assert is_in_view(opened, ":target")


def test_notes_are_reached_by_pointer_and_by_keyboard_and_read_out(opened: Any, briefing: Briefing) -> None:
    first = opened.locator(".fig").first
    first.hover()
    assert opened.locator(".tip:visible").count() == 1
    opened.mouse.move(5, 5)
    assert opened.locator(".tip:visible").count() == 0
    for figure in opened.locator(".fig").all()[:6]:
        figure.focus()
        assert opened.locator(".tip:visible").count() == 1
        box = opened.locator(".tip:visible").bounding_box()
        assert 0 <= box["x"] <= box["x"] + box["width"] <= 1400
    measure = next(figure.measure for figure in briefing.figures if figure.measure)
    assert any(f"Chỉ tiêu: {measure}; Giá trị:" in text for text in descriptions(opened))
    assert not any("Measure" in text for text in descriptions(opened))
    opened.get_by_label("English").check()
    assert any(f"Measure: {measure}; Value:" in text for text in descriptions(opened))


def descriptions(page: Any) -> list[str]:
    """What a screen reader is given beside the name of each link."""
    nodes = page.context.new_cdp_session(page).send("Accessibility.getFullAXTree")["nodes"]
    links = [node for node in nodes if node.get("role", {}).get("value") == "link"]
    return [" ".join(node.get("description", {}).get("value", "").split()).replace(" ;", ";") for node in links]


def test_the_interface_changes_its_language_and_the_article_does_not(opened: Any, briefing: Briefing) -> None:
    assert opened.get_by_role("button", name="Chép văn bản").is_visible()
    opened.get_by_label("English").check()
    assert opened.get_by_role("button", name="Copy text").is_visible()
    assert not opened.get_by_text("Bài gốc").first.is_visible()
    assert opened.locator("html").get_attribute("lang") == "vi"
    assert briefing.title in opened.locator("h1").inner_text()


def test_copy_buttons_fill_the_clipboard(browser: Any, page_file: Path, briefing: Briefing) -> None:
    page = browser.new_context(permissions=["clipboard-read", "clipboard-write"]).new_page()
    page.goto(page_file.as_uri())
    read = "navigator.clipboard.readText()"
    for name, text in (("Chép văn bản", briefing_text(briefing)), ("Chép Markdown", briefing_markdown(briefing))):
        page.get_by_role("button", name=name).click()
        page.get_by_text("Đã chép").wait_for()
        assert page.evaluate(read) == text
    page.get_by_role("button", name="Chép HTML").click()
    page.wait_for_function(f"{read}.then((text) => text.startsWith('<'))")
    kinds = page.evaluate("navigator.clipboard.read().then((items) => items[0].types)")
    assert set(kinds) == {"text/plain", "text/html"}


def test_links_and_texts_to_copy_work_without_scripts(browser: Any, page_file: Path, briefing: Briefing) -> None:
    page = browser.new_context(java_script_enabled=False).new_page()
    page.goto(page_file.as_uri())
    page.locator("a.bullet").first.click()
    assert "#a0-f" in page.url
    assert page.locator(":target + .tip").is_visible()
    page.get_by_text("Chép: chọn").click()
    assert page.locator("pre").first.inner_text().strip() == briefing_text(briefing).strip()
    assert not page.locator("button:visible").count()
    page.get_by_label("English").check()
    assert page.get_by_text("The article", exact=True).is_visible()


SIZES = [(width, scheme) for width in (360, 800, 1400) for scheme in ("light", "dark")]
# Boxes that hold text of their own and are shown: none may leave the window or its parent's side.
OVERFLOWING = """() => [...document.querySelectorAll("body *")].filter((box) => {
  const place = box.getBoundingClientRect();
  const leaves = place.right > document.documentElement.clientWidth + 1 || place.left < -1;
  const cut = box.clientWidth > 0 && box.scrollWidth > box.clientWidth + 1;
  const hidden = getComputedStyle(box).clipPath !== "none" || box.closest(".scroll, .skip, .switch");
  return place.width && !hidden && (leaves || cut);
}).map((box) => box.outerHTML.slice(0, 200))"""


@pytest.mark.parametrize(("width", "scheme"), SIZES)
def test_nothing_is_cut_or_runs_over_the_edge(browser: Any, page_file: Path, width: int, scheme: str) -> None:
    page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
    page.goto(page_file.as_uri())
    assert page.evaluate(OVERFLOWING) == []
    page.locator("details.all summary").click()
    page.locator(".fig").last.focus()
    assert page.evaluate(OVERFLOWING) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.close()


def test_print_shows_all_figures_and_no_buttons(browser: Any, page_file: Path, briefing: Briefing) -> None:
    page = browser.new_page()
    page.goto(page_file.as_uri())
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.locator("table tbody tr").last.is_visible()
    assert page.locator("table tbody tr").count() == len(briefing.figures)
    assert not page.locator("button:visible").count()
    assert not page.locator(".bar").is_visible()
    page.close()


def violations(page: Any) -> list[str]:
    """What axe-core finds with all of its rules, the experimental ones and those of level AAA too."""
    from axe_playwright_python.sync_playwright import Axe

    axe = Axe()
    page.evaluate(axe.axe_script)
    rules = page.evaluate("axe.getRules().map((rule) => rule.ruleId)")
    assert len(rules) > 90
    found = page.evaluate("rules => axe.run({rules})", {rule: {"enabled": True} for rule in rules})
    return [f"{one['id']}: {one['nodes'][0]['html'][:200]} {one['help']}" for one in found["violations"]]


@pytest.mark.parametrize(("width", "scheme"), [(360, "dark"), (1400, "light")])
def test_axe_finds_nothing(
    browser: Any, briefing: Briefing, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, width: int, scheme: str
) -> None:
    monkeypatch.setattr("thads_nlp.report.site.PAGE_ARTICLES", 2)
    warned = replace(
        briefing, warnings=("sentences were left out of the model's input",), unsupported=(Claim("7 vụ", "quantity"),),
        summary_origin="generated", published="2020-06-17",
    )  # fmt: skip
    site = tmp_path / "site"
    write_site([replace(warned, id=str(number)) for number in range(3)], site, lambda count: None)
    several = tmp_path / "several.html"
    several.write_text(review_page([warned, brief("gia_vang_xang")]), encoding="utf-8")
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
    page = context.new_page()
    article = next((site / "articles").rglob("*.html"))
    for path in (article, several, site / "index.html", site / "search.html"):
        page.goto(path.as_uri())
        assert violations(page) == [], path.name
    page.goto(article.as_uri())
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.locator("details.all summary").click()
    page.locator("details:not(.unscripted) summary").first.click()
    page.locator(".fig").first.focus()
    page.get_by_label("English").check()
    assert violations(page) == []
    context.close()


def test_hostile_pages_run_nothing(
    browser: Any, briefing: Briefing, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    figures = tuple(replace(figure, measure=HOSTILE, period=HOSTILE) for figure in briefing.figures)
    odd = replace(
        briefing, id=HOSTILE, title=HOSTILE, bullets=(Bullet(HOSTILE, (0,)),), source=HOSTILE, warnings=(HOSTILE,),
        text=HOSTILE + briefing.text, figures=figures,
    )  # fmt: skip
    monkeypatch.setattr("thads_nlp.report.site.PAGE_ARTICLES", 2)
    site = tmp_path / "site"
    write_site([odd] * 3, site, lambda count: None)
    page = browser.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    for path in (site / "index.html", site / "search.html", next((site / "articles").rglob("*.html"))):
        page.goto(path.as_uri())
        page.wait_for_timeout(200)
        assert page.evaluate("window.hacked") is None
        assert HOSTILE[:30] in page.locator("main").inner_text()
    assert len(asked) == 3
    page.close()


def test_the_policy_stops_what_escaping_would_let_through(browser: Any, page_file: Path) -> None:
    page = browser.new_page()
    page.goto(page_file.as_uri())
    page.evaluate(
        """() => {
        const script = document.createElement("script");
        script.textContent = "window.hacked = 1";
        document.body.append(script);
        const image = "<img src='https://example.org/x.png' onerror='window.hacked = 1'>";
        document.body.insertAdjacentHTML("beforeend", image);
        }"""
    )
    page.wait_for_timeout(200)
    assert page.evaluate("window.hacked") is None
    page.close()


def test_search_and_filters_of_the_index(browser: Any, tmp_path: Path) -> None:
    site = tmp_path / "site"
    dated = replace(brief("gia_vang_xang"), published="2020-06-17", warnings=("x",))
    path = archive(tmp_path, [dated, brief("van_hoa_khong_so_lieu")])
    assert CliRunner().invoke(main, ["report", str(path), "-o", str(site)]).exit_code == 0
    page = browser.new_page()
    page.goto((site / "index.html").as_uri())
    assert shown(page) == 2
    for control in ("#figures", "#warned"):
        page.locator(control).check()
        assert shown(page) == 1
        page.locator(control).uncheck()
    page.locator("#from").fill("2020-06-17")
    assert shown(page) == 1
    page.locator("#to").fill("2020-06-16")
    assert shown(page) == 0
    assert page.locator(".none").is_visible()
    page.locator("#from").fill("")
    page.locator("#to").fill("")
    page.locator("#origin").select_option("generated")
    assert shown(page) == 0
    page.locator("#origin").select_option("")
    page.locator("#search").fill("GIA VANG")
    assert shown(page) == 1
    page.locator(".articles a:visible").click()
    assert page.locator("h1").is_visible()
    page.go_back()
    assert page.locator("#search").input_value() == "GIA VANG"
    assert shown(page) == 1


def test_the_whole_archive_is_searched(browser: Any, briefing: Briefing, tmp_path: Path) -> None:
    site = tmp_path / "site"
    small = replace(briefing, text="", figures=(), bullets=(), evidence=())
    many = [replace(small, id=f"tin-{number}", published=f"2020-01-{number % 28 + 1:02}") for number in range(410)]
    write_site([*many, replace(brief("gia_vang_xang"), id="cuối")], site, lambda count: None)
    page = browser.new_page()
    page.goto((site / "index.html").as_uri())
    page.locator("#search").fill("giá vàng")
    assert shown(page) == 0
    page.locator("#everywhere").click()
    assert shown(page) == 1
    page.locator("#search").fill("tin")
    assert shown(page) == 200
    page.locator("#more").click()
    assert shown(page) == 400
    page.locator("#to").fill("2020-01-01")
    assert shown(page) == sum(number % 28 == 0 for number in range(410))
    page.locator("#to").fill("")
    page.locator("#search").fill("cuoi")
    assert shown(page) == 1
    page.locator(".articles a").click()
    assert page.locator("h1").inner_text() == brief("gia_vang_xang").title
    page.close()


def shown(page: Any) -> int:
    """Rows that are left when the filters have run."""
    page.wait_for_timeout(250)
    count: int = page.locator(".articles li:visible").count()
    return count
