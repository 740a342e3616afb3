"""Articles of RSS and Atom feeds and of NewsML-G2 items, one at a time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, BinaryIO

from thads_nlp.errors import InputError, MissingExtraError

# Of an item, or before the first end of an element outside of one; all are held.
MAX_ITEM_ELEMENTS = 100_000
_ITEMS = frozenset({"item", "entry", "newsItem"})
# Names of the fields that the records get, as ``items.Fields`` looks for them first.
_ID = ("guid", "id", "link")
_TITLE = ("title", "headline")
# From the fullest to the thinnest.
_BODY = ("encoded", "inlineXML", "inlineData", "content", "description", "summary")
_PUBLISHED = ("pubDate", "published", "contentCreated", "versionCreated", "updated", "date")


def xml_records(stream: BinaryIO) -> Iterator[dict[str, str]]:
    """Records with ``id``, ``title``, ``body`` and ``published`` of each item; entities are never resolved.

    Raises:
        InputError: no well-formed XML, no item in it, or one that is no article by its size.
        MissingExtraError: lxml is not installed.
    """
    try:
        from lxml import etree
    except ImportError as error:
        raise MissingExtraError("reading XML", "archive", "lxml") from error
    found, inside, held = False, 0, 0
    events = etree.iterparse(
        stream, events=("start", "end"), resolve_entities=False, no_network=True, load_dtd=False, recover=False
    )
    try:
        for event, element in events:
            item = etree.QName(element).localname in _ITEMS
            if event == "start":
                inside += item
                held += 1
                if held > MAX_ITEM_ELEMENTS:
                    raise InputError(f"an item of more than {MAX_ITEM_ELEMENTS} elements, expected an article")
                continue
            inside -= item
            if item:
                found = True
                yield _record(element)
            if not inside:
                held = 0
                _release(element)
    except etree.XMLSyntaxError as error:
        raise InputError(f"no well-formed XML ({error.msg})") from error
    if not found:
        raise InputError("XML without an item (RSS), entry (Atom) or newsItem (NewsML-G2)")


def _record(element: Any) -> dict[str, str]:
    """The fields of one item."""
    record = {"id": element.get("guid") or _first(element, _ID), "title": _first(element, _TITLE)}
    record["published"] = _first(element, _PUBLISHED)
    record["body"] = _body(element)
    return {key: value for key, value in record.items() if value}


def _release(element: Any) -> None:
    """Free an element that was read and everything before it, so that memory stays flat."""
    element.clear()
    parent = element.getparent()
    while parent is not None and element.getprevious() is not None:
        del parent[0]


def _first(element: Any, names: tuple[str, ...]) -> str:
    """Text of the first descendant that has some, by the order of the names."""
    for name in names:
        for child in element.iter(f"{{*}}{name}"):
            text = " ".join("".join(child.itertext()).split()) or child.get("href", "")
            if text:
                return str(text)
    return ""


def _body(element: Any) -> str:
    """The article's text: of the fullest field that it has."""
    for name in _BODY:
        for child in element.iter(f"{{*}}{name}"):
            text = _blocks(child) if len(child) else markup_text(child.text or "")
            if text:
                return text
    return ""


def markup_text(source: str) -> str:
    """Text of an HTML fragment, one line a block."""
    from lxml import etree, html

    if "<" not in source:
        return source.strip()
    try:
        return _blocks(html.fragment_fromstring(source, create_parent="div"))
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        return ""


def _blocks(element: Any) -> str:
    """Lines of an element: one for each paragraph or other block, scripts left out."""
    lines = [""]
    _collect(element, lines)
    return "\n".join(line for line in (" ".join(line.split()) for line in lines) if line)


_INLINE = frozenset("a abbr b em i span strong sub sup u font mark small code keyword person org location".split())
_HIDDEN = frozenset("script style head template noscript iframe svg".split())


def _collect(root: Any, lines: list[str]) -> None:
    """Text in document order without recursion: feeds may nest as deep as they like."""
    stack: list[tuple[Any, bool]] = [(root, False)]
    while stack:
        element, done = stack.pop()
        name = element.tag.rpartition("}")[2].lower() if isinstance(element.tag, str) else "script"
        block = name not in _INLINE
        if done:
            lines.extend([""] if block else [])
            lines[-1] += element.tail or "" if element is not root else ""
            continue
        stack.append((element, True))
        if name in _HIDDEN:
            continue
        lines.extend([""] if block else [])
        lines[-1] += element.text or ""
        stack.extend((child, False) for child in reversed(element))
