"""Files of hg.sr.ht's repositories: `cat` (hg 4.1, 4.5, gap 5)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from shim.sandbox import DataError, Sandbox

from ...conftest import Client, spoilt

CAT = """query ($p: String!, $rev: String) {
  user(username: "alice") { repository(name: "files") { name cat(path: $p, revspec: $rev) } }
}"""


def cat(hg: Client, **asked: Any) -> Any:
    return hg.ask(CAT, user="maya", **asked)["data"]["user"]["repository"]["cat"]


@pytest.mark.parametrize(
    ("path", "rev", "content"),
    [
        ("README", None, "Plain words\n"),
        ("README.md", "1.0", "# Files 1.0\n"),
        ("empty.txt", "tip", ""),
        ("replaced.txt", None, "lost: \ufffd\n"),
        ("docs", None, None),
        ("README", "1.0", None),
        ("README", "2.0", None),
        ("README", "", None),
    ],
)
def test_contents(hg: Client, path: str, rev: str | None, content: str | None) -> None:
    assert cat(hg, p=path, rev=rev) == content


def test_bytes_that_are_no_text_are_lost(hg: Client) -> None:
    assert cat(hg, p="logo.png").startswith("\ufffdPNG")


def test_what_is_missing_leaves_the_rest(hg: Client) -> None:
    answer = hg.ask(CAT, user="maya", p="nosuch")
    assert answer["data"]["user"]["repository"] == {"name": "files", "cat": None}
    (error,) = answer["errors"]
    assert error == {"message": "nosuch: no such file in rev tip", "path": ["user", "repository", "cat"]}


def test_files_need_a_grant(hg: Client) -> None:
    token = {"grants": "hg.sr.ht/PROFILE hg.sr.ht/REPOSITORIES"}
    (message,) = hg.errors(CAT, user="maya", token=token, p="README")
    assert message == "Access denied, missing REVISIONS:RO grant"


def test_contents_must_be_texts_or_base64(tmp_path: Path) -> None:
    def spoil(rows: dict[str, Any]) -> None:
        rows["repositories"][0]["revisions"] = {"tip": {"a": {"base64": "?"}}}

    with pytest.raises(DataError, match="hg/data"):
        Sandbox(spoilt(tmp_path, "hg", spoil))
