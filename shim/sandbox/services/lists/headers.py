"""The headers of a mail, as the Go servers read them from the raw message."""

from __future__ import annotations

import re
from email.headerregistry import HeaderRegistry
from email.message import EmailMessage
from email.parser import HeaderParser
from email.policy import EmailPolicy
from email.utils import getaddresses

from shim.sandbox.engine.errors import FieldError, PanicError

# All headers are texts whose encoded words are decoded and that are otherwise as they were.
_TEXTS = EmailPolicy(header_factory=HeaderRegistry(use_default_map=False))
_FOLD = re.compile(r"\r?\n[ \t]+")
_BODY = re.compile(rb"\r?\n\r?\n")
_CHARSET = re.compile(r"charset\s*=\s*\"?([^\s\";]+)", re.IGNORECASE)
_READABLE = re.compile(
    r"us-ascii|utf-?8|utf-16([bl]e)?|iso-8859-\d+|windows-\d+|koi8-[ru]|gb\w+|big5|euc-\w+|shift_jis|iso-2022-jp|macintosh",
    re.IGNORECASE,
)
_ATOM = re.compile(r"[^\s()<>\[\]:;@\\,\"]+")


def parse(raw: bytes) -> EmailMessage | None:
    """The headers of a raw message; None if Go has no reader for its charset and gives up."""
    head = _BODY.split(raw, 1)[0].decode("utf-8", "replace")
    message: EmailMessage = HeaderParser(policy=_TEXTS).parsestr(_FOLD.sub(" ", head), headersonly=True)
    charset = _CHARSET.search(message.get("Content-Type", ""))
    return message if charset is None or _READABLE.fullmatch(charset[1]) else None


def values(message: EmailMessage | None, name: str) -> list[str]:
    """All values of a header."""
    return [str(value) for value in message.get_all(name, ())] if message else []


def sender(message: EmailMessage | None) -> tuple[str, str]:
    """Name and address of the one who sent a message. Raises FieldError for anything but one address."""
    text = ", ".join(values(message, "From"))
    found = getaddresses([text]) if text else []
    if any("@" not in address for _, address in found):
        raise FieldError("mail: missing '@' or angle-addr" if _ATOM.fullmatch(text) else "mail: no angle-addr")
    if len(found) != 1:
        raise PanicError
    return found[0]


def address(message: EmailMessage | None) -> str:
    """The first address of those who sent a message."""
    found = getaddresses(values(message, "From"))
    return found[0][1] if found else ""
