"""The form that takes files to the API: its parts, their order, their names (conventions 10.2, paste 4.4)."""

import io
import json

import pytest
from gql import FileVar

from shim.upstream import loads
from shim.upstream.asker import Asker, Deadline
from shim.upstream.form import Form
from tests.upstream.test_session import upstream_at

SEND = loads("mutation Send($files: [Upload!]!, $n: Int) { send(files: $files, n: $n) { id } }")["Send"]
TEXT = "text/plain; charset=utf-8"


def file(content, name=None, content_type=TEXT):
    return FileVar(io.BytesIO(content), filename=name, content_type=content_type)


def heads(form):
    """The lines above each part's content."""
    parts = form.read().split(f"--{form.boundary_value}".encode())[1:-1]
    return [part.partition(b"\r\n\r\n")[0].decode().split("\r\n")[1:] for part in parts]


@pytest.mark.parametrize(
    ("name", "parameter"),
    [
        (None, ""),
        ("", ""),
        ("a.txt", '; filename="a.txt"'),
        ('a "b" \\.txt', '; filename="a \\"b\\" \\\\.txt"'),
        ("ü %22; x=y.txt", '; filename="ü %22; x=y.txt"'),
        ("src/main.c", '; filename="src/main.c"'),
    ],
)
def test_names_are_quoted_as_go_undoes_it_and_none_is_none(name, parameter):
    _, _, head = heads(Form("{}", "{}", {"0": file(b"x", name)}))
    assert head == [f'Content-Disposition: form-data; name="0"{parameter}', f"Content-Type: {TEXT}"]


def test_what_is_asked_comes_before_the_places_and_these_before_the_files(script):
    script.steps = [{"data": {"send": {"id": 1}}}]
    files = [file(b"one\r\n", "a"), file("zwei \u00fc".encode())]
    upstream_at(script.origin).execute(SEND, {"files": files, "n": 5}, Asker("Bearer x"), Deadline(10))
    (request,) = script.requests
    boundary = request["headers"]["Content-Type"].partition("boundary=")[2]
    parts = [part.partition(b"\r\n\r\n") for part in request["body"].split(f"--{boundary}".encode())[1:-1]]
    contents = [content.removesuffix(b"\r\n") for _, _, content in parts]
    assert [head.split(b'name="')[1].split(b'"')[0] for head, _, _ in parts] == [b"operations", b"map", b"0", b"1"]
    assert json.loads(contents[0])["variables"] == {"files": [None, None], "n": 5}
    assert json.loads(contents[1]) == {"0": ["variables.files.0"], "1": ["variables.files.1"]}
    assert contents[2:] == [b"one\r\n", "zwei \u00fc".encode()]
