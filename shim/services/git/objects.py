"""Git objects rebuilt from what GraphQL tells of them, and proven by their ids (git 4.8, 4.9).

Whatever is returned hashes to the object's id; what can't be rebuilt is None, never a guess.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import product
from typing import Any

from shim.upstream.text import raw

_TIME = re.compile(r"^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.\d+)?(Z|[+-]\d\d:\d\d)$")
_USUAL = """
    UTF-8 utf-8 UTF8 utf8 US-ASCII ASCII
    ISO-8859-1 ISO8859-1 ISO_8859-1 iso-8859-1 iso8859-1 latin1 latin-1 Latin-1 LATIN1
    ISO-8859-15 ISO8859-15 iso-8859-15 ISO-8859-2 iso-8859-2 ISO-8859-5 ISO-8859-7 ISO-8859-9
    windows-1252 CP1252 cp1252 windows-1251 CP1251 cp1251 windows-1250 CP1250 cp1250 CP866 cp866
    KOI8-R koi8-r KOI8-U EUC-JP euc-jp eucJP ISO-2022-JP iso-2022-jp Shift_JIS shift_jis SJIS CP932 cp932
    GBK gbk gb18030 GB18030 GB2312 gb2312 Big5 BIG5 big5 EUC-KR euc-kr CP949 cp949
"""
ENCODINGS = tuple(_USUAL.split())
"""How the usual encodings stand in the headers of commits."""
Object = Mapping[str, Any]


def object_id(kind: str, content: bytes) -> str:
    """The id of an object (40 hex digits)."""
    return hashlib.sha1(b"%s %d\0" % (kind.encode(), len(content)) + content).hexdigest()  # noqa: S324


def blob_bytes(blob: Object) -> bytes:
    """The content of a 2024 blob: `text` is the raw text, `base64` what is no UTF-8."""
    return base64.b64decode(blob["base64"]) if "base64" in blob else raw(blob["text"])


def tree_bytes(entries: Iterable[Object]) -> bytes:
    """The content of a tree from all its entries, with the server's own modes."""
    return b"".join(b"%o %s\0%s" % (e["mode"], raw(e["name"]), bytes.fromhex(e["id"])) for e in git_order(entries))


def git_order(entries: Iterable[Object]) -> list[Object]:
    """Entries in git's own order: directories compare as if their names ended in a slash (git Q14)."""
    return sorted(entries, key=lambda e: raw(e["name"]) + (b"/" if e["mode"] == 0o40000 else b""))


def rebuilt_tree(oid: str, entries: Sequence[Object]) -> bytes | None:
    """A tree's content, or None where the entries are not exactly that tree's."""
    content = tree_bytes(entries)
    return content if object_id("tree", content) == oid else None


def rebuilt_commit(commit: Object) -> tuple[bytes, str | None] | None:
    """A commit's content and its encoding, or None where it has headers that GraphQL doesn't tell of.

    A commit that rebuilds is thereby proven to be unsigned. An `encoding` header is not told either, but
    the raw bytes are, so the usual ones are tried.
    """
    head = [f"tree {commit['tree']['id']}", *(f"parent {p['id']}" for p in commit["parents"])]
    lines = "\n".join(head).encode()
    for encoding in (None, *ENCODINGS):
        extra = b"" if encoding is None else b"encoding %s\n" % encoding.encode()
        for author, committer in product(_signatures(commit["author"]), _signatures(commit["committer"])):
            content = b"%s\nauthor %s\ncommitter %s\n%s\n%s" % (
                lines,
                author,
                committer,
                extra,
                raw(commit["message"]),
            )
            if object_id("commit", content) == commit["id"]:
                return content, encoding
    return None


def rebuilt_tag(tag: Object) -> bytes | None:
    """The content of an unsigned annotated tag (2026), or None."""
    target = tag["target"]
    kind = "blob" if target["__typename"].endswith("Blob") else target["__typename"].lower()
    head = f"object {target['id']}\ntype {kind}\n"
    for tagger in _signatures(tag["tagger"]):
        content = b"%stag %s\ntagger %s\n\n%s" % (
            head.encode(),
            raw(tag["tagName"]),
            tagger,
            raw(tag["tagMessage"]),
        )
        if object_id("tag", content) == tag["id"]:
            return content
    return None


def _signatures(signature: Object) -> Iterator[bytes]:
    """A signature as it may stand in an object: GraphQL prints both `+0000` and `-0000` as `Z`."""
    match = _TIME.match(signature["time"])
    if match is None:
        return
    seconds, zone = match.groups()
    when = int(datetime.fromisoformat(seconds + ("+00:00" if zone == "Z" else zone)).timestamp())
    for offset in ("+0000", "-0000") if zone == "Z" else (zone.replace(":", ""),):
        yield b"%s <%s> %d %s" % (raw(signature["name"]), raw(signature["email"]), when, offset.encode())
