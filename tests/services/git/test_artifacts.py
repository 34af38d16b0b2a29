"""Uploads: passed on as a stream, under a secure name, for what the reference names (git 2.3, 4.7)."""

from __future__ import annotations

import io
import tracemalloc

import pytest

from tests.kit import Asker

MEBIBYTE = 2**20
UNKNOWN = {("objects", "s3-upstream"): ""}
TARGET = {"data": {"me": {"name": "ann"}, "owner": {"name": "ann", "repository": {"id": 7, "t0": {"id": "a"}}}}}
UPLOADED = {
    "data": {"uploadArtifact": {"created": "2024-01-01T00:00:00Z", "checksum": "x", "size": 1, "filename": "f"}}
}


class Zeros(io.RawIOBase):
    """A form with one file of zeros, made while it is read; only its size can be sought."""

    HEAD = b'--b\r\nContent-Disposition: form-data; name="file"; filename="zeros"\r\n\r\n'
    TAIL = b"\r\n--b--\r\n"

    def __init__(self, size):
        self.parts = [self.HEAD, *[bytes(MEBIBYTE)] * (size // MEBIBYTE), self.TAIL]
        self.size = sum(map(len, self.parts))
        self.rest, self.at = b"", 0

    def seek(self, offset, whence=io.SEEK_SET):
        self.at = self.size if whence == io.SEEK_END else offset
        return self.at

    def tell(self):
        return self.at

    def readable(self):
        return True

    def readinto(self, buffer):
        if not self.rest and self.parts:
            self.rest = self.parts.pop(0)
        taken, self.rest = self.rest[: len(buffer)], self.rest[len(buffer) :]
        buffer[: len(taken)] = taken
        return len(taken)


def test_a_large_file_is_never_in_memory(script):
    script.steps = [TARGET, UPLOADED]
    body = Zeros(96 * MEBIBYTE)
    asker = Asker("git", script.origin)
    tracemalloc.start()
    answer = asker.open(
        "POST",
        "/api/repos/r/artifacts/v1",
        "ann",
        input_stream=body,
        content_type="multipart/form-data; boundary=b",
    )
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert answer.status_code == 200, answer.text
    assert script.requests[1]["size"] > 96 * MEBIBYTE
    assert peak < 16 * MEBIBYTE


@pytest.mark.parametrize(
    ("content_type", "status"),
    [("application/json", 413), ("application/x-www-form-urlencoded", 413)],
)
def test_what_must_be_held_in_memory_is_small_even_where_files_are_large(script, content_type, status):
    script.steps = [TARGET]
    answer = Asker("git", script.origin).open(
        "POST", "/api/repos/r/artifacts/v1", "ann", data=b"x=" + bytes(33 * MEBIBYTE), content_type=content_type
    )
    assert answer.status_code == status


def upload(asker, path, **form):
    data = {name: (io.BytesIO(content), filename) for name, (content, filename) in form.items()}
    return asker.open("POST", path, "jdoe", data=data, content_type="multipart/form-data")


@pytest.mark.parametrize("era", ["2024", "2026"])
def test_a_file_can_be_downloaded_from_the_page_where_the_storage_is_not_known(script, era):
    script.steps = [TARGET, UPLOADED]
    answer = upload(
        Asker("git", script.origin, {("shim", "era"): era, **UNKNOWN}), "/api/repos/r/artifacts/v1", file=(b"a", "f")
    )
    assert answer.json["url"] == "http://git.example.org/~ann/r/refs/download/v1/f"


def test_a_tag_whose_name_looks_like_an_id_keeps_its_name_in_the_address(ask):
    answer = upload(ask(storage=True), "/api/repos/many-refs/artifacts/cafe", file=(b"a", "f"))
    assert answer.json["url"] == "http://git.example.org/~jdoe/many-refs/refs/download/cafe/f"


@pytest.mark.parametrize("era", ["2024", "2026"])
@pytest.mark.parametrize(("name", "status"), [("master^{tree}", 500), ("master:README.md", 500), ("master:nope", 404)])
def test_only_commits_and_tags_take_files(ask, era, name, status):
    answer = upload(ask(era, storage=True), f"/api/repos/files/artifacts/{name}", file=(b"a", "f"))
    assert answer.status_code == status


@pytest.mark.parametrize("era", ["2024", "2026"])
def test_a_repository_whose_head_dangles_takes_files(ask, era):
    answer = upload(ask(era, storage=True), "/api/repos/dangling/artifacts/other", file=(b"a", "f"))
    assert answer.status_code == 200, answer.text


def test_complaints_about_the_body_precede_that_about_the_file(ask):
    answer = ask().open("POST", "/api/repos/files/artifacts/master", "jdoe", data="{", content_type="application/json")
    assert answer.json["errors"] == [
        {"reason": "Invalid JSON provided"},
        {"field": "file", "reason": "File is required"},
    ]
