"""The rows of hg.sr.ht, which hold the files: `revisions` maps revision to path to text or `{base64}`."""

from __future__ import annotations

import base64
from collections.abc import Mapping

from shim.sandbox.data.columns import column
from shim.sandbox.services.hg.repository import Repository
from shim.sandbox.services.hg.revisions import Revisions
from shim.sandbox.services.repositories import data


def _revisions(given: Mapping[str, Mapping[str, str | dict[str, str]]]) -> Revisions:
    files = {revision: {path: _bytes(content) for path, content in paths.items()} for revision, paths in given.items()}
    return Revisions(files)


def _bytes(content: str | dict[str, str]) -> bytes:
    return content.encode() if isinstance(content, str) else base64.b64decode(content["base64"], validate=True)


TABLES = data.described(Repository, revisions=column(read=_revisions))
