"""Archives to read in tests: an article in every format, each format in every container, and the command on them."""

import bz2
import gzip
import io
import json
import lzma
import sys
import tarfile
import textwrap
import zipfile
from pathlib import Path

import docx
import pyarrow as pa
import pyarrow.parquet as pq
from click.testing import CliRunner, Result
from matplotlib import rc_context
from matplotlib.figure import Figure

from thads_nlp.archive.items import Fields, Item, Reading
from thads_nlp.archive.listing import list_files, read_items
from thads_nlp.archive.loading import load_item
from thads_nlp.archive.zstd import load_zstd
from thads_nlp.cli import main
from thads_nlp.schema import Article, Failure

LINES = (
    "Sở Y tế tỉnh A cho biết trong quý III, các cơ sở y tế đã tiêm 12.500 liều vắc-xin, tăng 8% so với cùng kỳ.",
    "Trong đó, huyện B tiêm nhiều nhất với 3.200 liều, còn huyện C chỉ tiêm được 900 liều vì đường sá bị chia cắt.",
    "Sở đề nghị các địa phương rà soát trẻ chưa tiêm đủ mũi và tổ chức thêm các điểm tiêm lưu động trong tháng tới.",
)
BODY = "\n".join(LINES)
zstd = load_zstd("these tests")
TITLE = "Quý III, tỉnh A tiêm 12.500 liều vắc-xin"


def article(number: int, **fields: object) -> dict[str, object]:
    text = BODY.replace("12.500", f"{12 + number}.500").replace("3.200", f"3.{200 + number}")
    return {"id": f"a{number}", "title": f"Tin số {number} về tiêm chủng", "body": text, **fields}


def jsonl(count: int, first: int = 0) -> str:
    return "".join(json.dumps(article(n), ensure_ascii=False) + "\n" for n in range(first, first + count))


def batch(*args: object) -> Result:
    return CliRunner().invoke(main, ["batch", "--summarizer", "extractive", "--workers", "1", *map(str, args)])


def items(*inputs: Path, fields: Fields | None = None) -> list[Item]:
    files = sorted(list_files([str(path) for path in inputs]), key=lambda listed: listed.name)
    return list(read_items(files, Reading(fields or Fields())))


def load(*inputs: Path) -> list[Article | Failure]:
    return [load_item(item, Reading()) for item in items(*inputs)]


def html_page() -> str:
    paragraphs = "".join(f"<p>{line}</p>" for line in LINES * 2)
    return (
        f"<!doctype html><html lang='vi'><head><title>{TITLE}</title><meta name='date' content='2020-10-02'>"
        f"<script>var rác = 1;</script></head><body><nav>Trang chủ | Thời sự</nav><article><h1>{TITLE}</h1>"
        f"{paragraphs}</article></body></html>"
    )


def word_document() -> bytes:
    document = docx.Document()
    document.add_heading(TITLE)
    for line in LINES:
        document.add_paragraph(line)
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def pdf_document() -> bytes:
    """A page whose text layer holds the article, each line broken as a narrow page breaks it."""
    figure = Figure(figsize=(11, 8))
    rows = [TITLE, *(part for line in LINES for part in textwrap.wrap(line, 80))]
    for number, row in enumerate(rows):
        figure.text(0.05, 0.95 - 0.05 * number, row)
    stream = io.BytesIO()
    with rc_context({"pdf.fonttype": 42}):
        figure.savefig(stream, format="pdf", metadata={"CreationDate": None})
    return stream.getvalue()


RSS = (
    '<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>Tin</title><item><guid>g1</guid>'
    f"<title>{TITLE}</title><description><![CDATA[<p>{LINES[0]}</p><script>x</script><p>{LINES[1]}</p>]]></description>"
    "<pubDate>Fri, 02 Oct 2020 08:00:00 +0700</pubDate></item></channel></rss>"
)
NEWSML = (
    '<newsItem xmlns="http://iptc.org/std/nar/2006-10-01/" guid="urn:1"><itemMeta><versionCreated>2020-10-02T08:00:00Z'
    f"</versionCreated></itemMeta><contentMeta><headline>{TITLE}</headline></contentMeta><contentSet><inlineXML><html>"
    f"<body><p>{LINES[0]}</p><p>{LINES[1]}</p></body></html></inlineXML></contentSet></newsItem>"
)


def table_bytes() -> bytes:
    sink = io.BytesIO()
    rows = [article(1, published="2020-10-02", vec=None), article(2, published=None, vec=None)]
    pq.write_table(pa.Table.from_pylist(rows), sink)
    return sink.getvalue()


CSV = f'id,title,body\nc1,"{TITLE}","{BODY}"\nc2,"thiếu, dấu nháy",a,b,c,d\n'
DOCUMENTS: dict[str, bytes] = {
    "a.txt": f"{TITLE}\n{BODY}".encode(),
    "a.html": html_page().encode(),
    "a.md": f"# {TITLE}\n\n**{LINES[0]}**\n\n- {LINES[1]}\n".encode(),
    "a.docx": word_document(),
    "a.pdf": pdf_document(),
    "a.jsonl": jsonl(1).encode(),
    "a.json": f"[{json.dumps(article(0))}]".encode(),
    "a.csv": CSV.encode("utf-8-sig"),
    "a.tsv": f"id\tbody\nt1\t{LINES[0]} {LINES[1]}\n".encode(),
    "a.parquet": table_bytes(),
    "feed.xml": RSS.encode(),
    "item.xml": NEWSML.encode(),
}


def packed(name: str, data: bytes) -> dict[str, bytes]:
    zipped, tarred = io.BytesIO(), io.BytesIO()
    with zipfile.ZipFile(zipped, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, data)
    with tarfile.open(fileobj=tarred, mode="w:gz") as archive:
        info = tarfile.TarInfo(name)
        info.size = len(data)
        archive.addfile(info, io.BytesIO(data))
    return {
        f"{name}.gz": gzip.compress(data), f"{name}.zst": zstd.compress(data), f"{name}.bz2": bz2.compress(data),
        f"{name}.xz": lzma.compress(data), "members.zip": zipped.getvalue(), "members.tar.gz": tarred.getvalue(),
    }  # fmt: skip


def command(source: Path, out: Path, *more: object) -> list[str]:
    return [sys.executable, "-m", "thads_nlp", "batch", str(source), "-o", str(out), *map(str, more)]
