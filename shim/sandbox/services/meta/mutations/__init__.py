"""Mutations of meta.sr.ht."""

from __future__ import annotations


class Mutation:
    """The root of mutations."""
