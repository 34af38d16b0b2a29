"""Whole mails: one by one as they were stored, or many out of an archive (lists 4.4)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from shim.services.call import Call

MOST_SINGLE = 3
"""As few mails are downloaded one by one: exact to the byte, which an archive is not where a line begins with >From."""
_BEGIN = re.compile(rb"(?:\A|(?<=\n\n\n))From [^\n]*\n")
_FINAL = re.compile(rb"\AX-Sourcehut-Patchset-Final: [^\n]*\n")
_NAME = re.compile(rb"^message-id:[ \t]*(?:\n[ \t]+)?(.*)$", re.I | re.M)
_QUOTED = re.compile(rb"^>From ", re.M)
Row = Mapping[str, Any]


def single(call: Call, url: str) -> str:
    """A mail as it was stored; bytes that are no UTF-8 become U+FFFD. Raises the old answer where it can't be had."""
    return _read(call, url).decode("utf-8", "replace")


def last_head(call: Call, url: str) -> str | None:
    """The headers of the last mail in an archive, each with all its lines; None where it holds no mail."""
    parts = _parts(_read(call, url))
    return parts[-1].partition(b"\n\n")[0].decode("utf-8", "replace") if parts else None


def of_all(call: Call, mails: Sequence[Row], url: str | None) -> dict[int, str]:
    """The whole mails by id: few of them one by one, more out of the archive at `url`, which holds others as well.

    A mail that can't be told from others in the archive by its Message-ID is downloaded, or where there are many such
    not among them.
    """
    if len(mails) <= MOST_SINGLE or url is None:
        return {mail["id"]: single(call, mail["rawUrl"]) for mail in mails}
    named: dict[str, list[bytes]] = {}
    for part in _parts(_read(call, url)):
        named.setdefault(_name_of(part), []).append(part)
    found = {mail["id"]: named.get(bare(mail["message_id"]), []) for mail in mails}
    texts = {i: _restored(parts[0]).decode("utf-8", "replace") for i, parts in found.items() if len(parts) == 1}
    lost = [mail for mail in mails if mail["id"] not in texts and "rawUrl" in mail]
    return texts | {mail["id"]: single(call, mail["rawUrl"]) for mail in lost[:MOST_SINGLE]}


def names_in(call: Call, url: str) -> list[str]:
    """The Message-IDs of the mails in an archive, without brackets."""
    return [_name_of(part) for part in _parts(_read(call, url))]


def _read(call: Call, url: str) -> bytes:
    """A download of this call; each only once."""
    read: dict[str, bytes] = call.__dict__.setdefault("downloads", {})
    if url not in read:
        read[url] = call.download(url)
    return read[url]


def _parts(archive: bytes) -> list[bytes]:
    """The messages of an archive, each behind its line `From ` and before its two empty ones."""
    begins = list(_BEGIN.finditer(archive))
    ends = [match.start() for match in begins[1:]] + [len(archive)]
    return [archive[match.end() : end].removesuffix(b"\n\n") for match, end in zip(begins, ends, strict=True)]


def _restored(part: bytes) -> bytes:
    """A message as it was stored: without the header that the archive adds, with CRLF, without the quoted From."""
    return _QUOTED.sub(b"From ", _FINAL.sub(b"", part, count=1)).replace(b"\n", b"\r\n")


def _name_of(part: bytes) -> str:
    match = _NAME.search(part.partition(b"\n\n")[0])
    return bare(match[1].strip().decode("utf-8", "replace")) if match else ""


def bare(name: str) -> str:
    """A Message-ID without its brackets."""
    return name.removeprefix("<").removesuffix(">")
