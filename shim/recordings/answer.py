"""An HTTP answer, recorded or given."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Answer:
    """An answer to an HTTP request; what is compared with recordings has header names in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def content_type(self) -> str:
        """The Content-Type, or an empty text."""
        return self.headers.get("content-type", "")

    @property
    def text(self) -> str | None:
        """The body as text, None where it is not UTF-8."""
        try:
            return self.body.decode()
        except UnicodeDecodeError:
            return None

    @property
    def header_block(self) -> str:
        """The headers as the servers record those of a delivery: sorted, each line ending in CRLF."""
        return "".join(f"{name}: {self.headers[name]}\r\n" for name in sorted(self.headers))
