"""Texts that may hold raw bytes: the server prints invalid UTF-8 as it is (git 4.1), the transport keeps it."""

from __future__ import annotations


def raw(text: str) -> bytes:
    """The bytes that stood in the answer."""
    return text.encode("utf-8", "surrogateescape")


def shown(text: str) -> str:
    """The text with replacement characters for what is no UTF-8, as the old services decoded it."""
    return text if text.isascii() else raw(text).decode("utf-8", "replace")
