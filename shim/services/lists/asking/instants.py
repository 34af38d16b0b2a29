"""Comparing times as upstream prints them: with as many digits of a second as there are."""

from __future__ import annotations


def instant(time: str) -> tuple[str, str]:
    """What orders RFC 3339 times of UTC: the seconds, then the digits of the fraction."""
    seconds, _, fraction = time.rstrip("Z").partition(".")
    return seconds, fraction
