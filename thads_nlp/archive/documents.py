"""Text of documents that are not plain text: HTML, Markdown, DOCX, PDF. Each is read by its field's own library."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import dataclass
from typing import Any

from thads_nlp.archive.containers import DAMAGE
from thads_nlp.archive.items import Format
from thads_nlp.errors import InputError, MissingExtraError
from thads_nlp.text.decode import MAX_BYTES, decode

# A DOCX is a zip: more text than this in it is no article.
MAX_DOCX_BYTES = 100_000_000
MAX_PDF_PAGES = 500
# Where a byline stands that is in the text already; how many there may be, and how long, to be told from headings.
_END_CHARS = 200
_BYLINES = 2
_NAME_WORDS = 5
_AUTHORS = re.compile(r"[;,]| và ")


@dataclass(frozen=True, slots=True)
class Document:
    """Text with what the document says of itself."""

    text: str
    title: str | None = None
    published: str | None = None


def read_document(data: bytes, form: Format, encoding: str | None = None) -> Document:
    """Text of a document of any format but records.

    Raises:
        InputError: too large, damaged, or without text.
        MissingExtraError: its library is not installed.
    """
    if len(data) > MAX_BYTES:
        raise InputError(f"more than {MAX_BYTES} bytes, at most {MAX_BYTES} are read as one article; split the file")
    if form == "docx":
        return _docx(data)
    if form == "pdf":
        return _pdf(data)
    text = decode(data, encoding).text
    if form == "html":
        return _html(text)
    return Document(_markdown(text)) if form == "markdown" else Document(text)


def _html(text: str) -> Document:
    """Main text, title and date of a page; scripts, navigation and comments stay out."""
    try:
        import trafilatura
    except ImportError as error:
        raise MissingExtraError("reading HTML", "archive", "trafilatura") from error
    found: Any = trafilatura.bare_extraction(text, with_metadata=True, include_comments=False, include_links=False)
    if found is None or not (found.text or "").strip():
        raise InputError("an HTML page without an article's text in it")
    return Document(_signed(found.text, found.author), found.title or None, found.date or None)


def _signed(text: str, author: str | None) -> str:
    """The text with its bylines, which stand beside it on the page, as its last lines."""
    names = [" ".join(name.split()) for name in _AUTHORS.split(author or "")]
    told = [name for name in names if 0 < len(name.split()) <= _NAME_WORDS and name not in text[-_END_CHARS:]]
    return "\n".join((text, *(f"Tác giả: {name}" for name in told[:_BYLINES])))


def _markdown(text: str) -> str:
    """Text of a Markdown document, a line a block; the marks are gone."""
    try:
        from markdown_it import MarkdownIt
    except ImportError as error:
        raise MissingExtraError("reading Markdown", "archive", "markdown-it-py") from error
    lines: list[str] = []
    for token in MarkdownIt().parse(_without_front_matter(text)):
        if token.type == "inline":
            lines.append("".join(_inline(child) for child in token.children or ()))
        elif token.type in ("fence", "code_block"):
            lines.append(token.content)
    return "\n".join(line for line in lines if line.strip())


def _inline(token: Any) -> str:
    """Text of a piece of a line."""
    if token.type in ("softbreak", "hardbreak"):
        return "\n"
    return str(token.content) if token.type in ("text", "code_inline") else ""


def _without_front_matter(text: str) -> str:
    """A document without the block of settings that some generators put before it."""
    if not text.startswith("---\n"):
        return text
    head, mark, rest = text[4:].partition("\n---\n")
    return rest if mark and len(head) < 4_096 else text


def _docx(data: bytes) -> Document:
    """Paragraphs and table rows of a Word document in their order."""
    try:
        import docx
        from docx.table import Table
    except ImportError as error:
        raise MissingExtraError("reading DOCX", "archive", "python-docx") from error
    _check_docx(data)
    try:
        document = docx.Document(io.BytesIO(data))
        lines: list[str] = []
        for block in document.iter_inner_content():
            if isinstance(block, Table):
                lines += [" | ".join(cell.text.strip() for cell in row.cells) for row in block.rows]
            else:
                lines.append(block.text)
        title = (document.core_properties.title or "").strip()
    except (*DAMAGE, LookupError, AttributeError, SyntaxError, TypeError, AssertionError) as error:
        raise InputError(f"a damaged Word document ({error or type(error).__name__})") from error
    return Document("\n".join(lines), title or None)


def _check_docx(data: bytes) -> None:
    """Refuse what is no Word document or unpacks to more than an article can be."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = {info.filename: info.file_size for info in archive.infolist()}
    except DAMAGE as error:
        raise InputError(f"a damaged Word document ({error})") from error
    if "word/document.xml" not in names:
        raise InputError("an Office document, but not Word's; expected word/document.xml in it")
    if sum(names.values()) > MAX_DOCX_BYTES:
        raise InputError(f"a Word document that unpacks to more than {MAX_DOCX_BYTES} bytes; refused as a bomb")


def _pdf(data: bytes) -> Document:
    """The text layer of a PDF, with lines of a paragraph joined."""
    try:
        import pypdfium2
    except ImportError as error:
        raise MissingExtraError("reading PDF", "archive", "pypdfium2") from error
    try:
        with pypdfium2.PdfDocument(data) as document:
            if len(document) > MAX_PDF_PAGES:
                raise InputError(f"a PDF of {len(document)} pages, at most {MAX_PDF_PAGES} are read; split it")
            pages = [_page_text(document[index]) for index in range(len(document))]
            title = (document.get_metadata_value("Title") or "").strip()
    except (pypdfium2.PdfiumError, ValueError) as error:
        raise InputError(f"a damaged or encrypted PDF ({error})") from error
    text = join_lines("\n".join(pages).replace("\r\n", "\n"))
    if not text.strip():
        raise InputError("a PDF without a text layer (scanned pages); recognise its text first")
    return Document(text, title or None)


def _page_text(page: Any) -> str:
    """The text layer of a page, whose memory is given back at once."""
    layer = page.get_textpage()
    try:
        return str(layer.get_text_range())
    finally:
        layer.close()
        page.close()


def join_lines(text: str) -> str:
    """Lines that the page's width broke joined again: a line goes on where it ends in no mark and is a full one."""
    lines = [line.strip() for line in text.split("\n")]
    width = max((len(line) for line in lines), default=0)
    joined: list[str] = []
    for line in lines:
        if joined and line and len(joined[-1]) and _goes_on(joined[-1], line, width):
            joined[-1] += " " + line
        else:
            joined.append(line)
    return "\n".join(line for line in joined if line)


# A line shorter than this share of the widest ends its paragraph.
_FULL_LINE = 0.6


def _goes_on(before: str, line: str, width: int) -> bool:
    """Whether ``line`` continues the paragraph."""
    last = before.rsplit("\n", 1)[-1]
    if last.endswith((".", "!", "?", ":", "…")) or len(last) < _FULL_LINE * width:
        return line[:1].islower()
    return True
