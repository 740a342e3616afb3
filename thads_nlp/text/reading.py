"""From what a caller has (a string, an article) to an article whose sentences are known."""

from __future__ import annotations

from dataclasses import replace

from thads_nlp.errors import InputError
from thads_nlp.schema import Article, Section, Sentence
from thads_nlp.text.decode import canonical_text
from thads_nlp.text.lines import Line, LineKind, TitleLine, split_lines
from thads_nlp.text.normalize import compare_key
from thads_nlp.text.segment import split_sentences

__all__ = ["MAX_ARTICLE_CHARS", "TitleLine", "read_article"]

# Longest article in code points: a book's worth; more is an archive in one file.
MAX_ARTICLE_CHARS = 2_000_000
_SECTIONS: dict[LineKind, Section] = {"title": "title", "heading": "heading", "body": "body", "caption": "caption"}


def read_article(article: Article | str, title_line: TitleLine = "auto") -> Article:
    """The article in canonical form with its sentences; an article that is read already comes back as it is.

    Bylines, debris and page furniture stay in ``text`` and give no sentence.

    Raises:
        InputError: it is empty, too long, or nothing in it is text.
    """
    given = article if isinstance(article, Article) else Article(article)
    if given.sentences:
        return given
    if len(given.text) > MAX_ARTICLE_CHARS:
        raise InputError(
            f"the article has {len(given.text)} characters, at most {MAX_ARTICLE_CHARS} are read; split it first"
        )
    text, title_line = _with_title(given, title_line)
    lines = split_lines(text, title_line)
    sentences = _sentences(lines)
    if not sentences:
        found = "only page furniture and debris" if lines else "no text"
        raise InputError(f"nothing to brief: {found} was found, expected the sentences of an article")
    title = next((sentence.text for sentence in sentences if sentence.section == "title"), None)
    return replace(given, text=text, title=title, sentences=sentences)


def _with_title(article: Article, title_line: TitleLine) -> tuple[str, TitleLine]:
    """The canonical text, led by the title where the caller gave one apart."""
    text = canonical_text(article.text)
    title = " ".join(canonical_text(article.title or "").split())
    if not title:
        return text, title_line
    first = next((line for line in text.split("\n") if line.strip()), "")
    if compare_key(first) == compare_key(title):
        return text, "first"
    return f"{title}\n{text}", "first"


def _sentences(lines: tuple[Line, ...]) -> tuple[Sentence, ...]:
    """Sentences of the lines that are text; titles, headings and captions are one each."""
    parts: list[tuple[Line, Section]] = []
    for line in lines:
        section = _SECTIONS.get(line.kind)
        if section is None:
            continue
        if section == "body":
            parts += [(line.cut(span.start, span.end), section) for span in split_sentences(line.text)]
        else:
            parts.append((line, section))
    return tuple(
        Sentence(index, part.text, part.start, part.end, section, part.offsets)
        for index, (part, section) in enumerate(parts)
    )
