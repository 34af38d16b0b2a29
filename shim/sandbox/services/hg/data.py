"""The data set of hg.sr.ht, and the state made from it."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from shim.sandbox.services.hg.repository import Repository
from shim.sandbox.services.hg.revisions import Revisions
from shim.sandbox.services.repositories import data
from shim.sandbox.services.repositories.data import Row


@dataclass(frozen=True)
class Dataset(data.Dataset):
    """The rows as read, which hold the files: `revisions` maps revision to path to text or `{base64}`."""

    @classmethod
    def read(cls, folder: Path) -> Dataset:
        """Read a directory. Raises OSError, ValueError or KeyError for what is no data set."""
        return cls(json.loads((folder / "dataset.json").read_text("utf-8")))

    def open(self) -> data.Store[Repository]:
        """The untouched state."""
        return data.Store(**data.Opening(self.rows, Repository, _contents).tables())


def _contents(row: Row) -> dict[str, Any]:
    files = {revision: _files(paths) for revision, paths in row["revisions"].items()}
    return {"non_publishing": row["non_publishing"], "revisions": Revisions(files)}


def _files(paths: Mapping[str, str | dict[str, str]]) -> dict[str, bytes]:
    return {path: _bytes(content) for path, content in paths.items()}


def _bytes(content: str | dict[str, str]) -> bytes:
    return content.encode() if isinstance(content, str) else base64.b64decode(content["base64"], validate=True)
