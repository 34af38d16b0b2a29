"""Command lines, run by a real shell: what arrives is what was given, whatever stands in it."""

from __future__ import annotations

import csv
import itertools
import json
import os
import shlex
import shutil
import subprocess

import pytest
from graphql import ArgumentNode, Undefined, Visitor, parse, value_from_ast_untyped, visit
from hypothesis import given, settings
from hypothesis import strategies as st

from shim.guide import lines
from shim.upstream import loads

needs_curl = pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
NASTY = (
    "it's",
    'she said "no"',
    "$TOKEN `id` $(id) \\ \\n \\\\",
    "EOF",
    "a\nEOF\nb",
    "a, b",
    '"a", b',
    "",
    " leading, trailing ",
    "tab\tand\rreturn\r\nand line",
    "ü € 🌧 \u2028 \u202e",
    "\x1b[31m\x07\x7f",
    "-v x=y",
    "@/etc/passwd",
    "%s ! * ? [a] {b,c} ~ #",
    '"""\\"""',
)
TEXT = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=30)
OPERATIONS = loads("""
query Q($text: String!, $n: Int!, $flag: Boolean!, $none: Cursor, $kind: Kind = OPEN, $list: [String!], $in: In) {
  a(text: $text, n: $n, kind: $kind, list: $list, in: $in) { b(cursor: $none) @include(if: $flag) { ...f } }
}
fragment f on T { c(text: $text) }
mutation Upload($id: Int!, $file: Upload!) { upload(id: $id, file: $file) { id } }
""")
QUERY, UPLOAD = OPERATIONS["Q"], OPERATIONS["Upload"]


def values(text, **changes):
    return {"text": text, "n": -3, "flag": True, "none": None, "kind": "SHUT", "list": [text], **changes}


def run(line, path, **more):
    environ = {"PATH": os.environ["PATH"], "TOKEN": "secret", "HOME": str(path), **more}
    subprocess.run(["/bin/sh", "-e", "-c", line], check=True, env=environ, cwd=path, timeout=30, capture_output=True)


@pytest.fixture(scope="module")
def shell(tmp_path_factory):
    """A folder in which a hut notes its arguments, each ended by a NUL, and its input."""
    path = tmp_path_factory.mktemp("shell")
    hut = path / "hut"
    hut.write_text("#!/bin/sh\nprintf '%s\\0' \"$@\" > arguments\ncat > input\n")
    hut.chmod(0o755)
    return path


def sent_by_hut(line, path):
    """The arguments of the hut that a line runs, and the document that it reads."""
    run(line, path, PATH=f"{path}:{os.environ['PATH']}")
    return (path / "arguments").read_bytes().decode().split("\0")[:-1], (path / "input").read_bytes().decode()


def variables(arguments):
    """What hut reads of its arguments: each value is a row of CSV, of which every cell is a variable."""
    given = [value for option, value in itertools.pairwise(arguments) if option == "-v"]
    rows = [next(csv.reader([value], strict=True)) for value in given]
    return dict(cell.split("=", 1) for row in rows for cell in row)


def taken(document, given):
    """The arguments that fields get from a document with some variables."""
    found = []

    class Collect(Visitor):
        def enter_argument(self, node: ArgumentNode, *_):
            value = value_from_ast_untyped(node.value, given)
            found.append((node.name.value, None if value is Undefined else value))

    visit(parse(document), Collect())
    return found


@needs_curl
@pytest.mark.parametrize("text", NASTY)
def test_curl_sends_what_was_given(script, tmp_path, text):
    script.steps = [(200, "application/json", "{}")]
    run(lines.curl(script.origin, QUERY.text, values(text)), tmp_path)
    (request,) = script.requests
    assert json.loads(request["body"]) == {"query": QUERY.text, "variables": values(text)}
    assert (request["path"], request["headers"]["Authorization"]) == ("/query", "Bearer secret")
    assert request["headers"]["Content-Type"] == "application/json"


@needs_curl
def test_curl_sends_any_text(script, tmp_path):
    script.steps = [(200, "application/json", "{}")]

    @settings(max_examples=25)
    @given(TEXT)
    def sends(text):
        run(lines.curl(script.origin, text, {"t": text}), tmp_path)
        assert script.asked[-1] == {"query": text, "variables": {"t": text}}

    sends()


@needs_curl
@pytest.mark.parametrize("name", ["weather-1.0.tar.gz", 'it\'s "odd"; type=x, \\ $HOME.txt'])
def test_curl_sends_files(script, tmp_path, name):
    """The form of the GraphQL multipart request: operations, the map, the file."""
    script.steps = [(200, "application/json", "{}")]
    (tmp_path / name).write_bytes(b"\x1f\x8b\0content")
    run(lines.curl(script.origin, UPLOAD.text, {"id": 4}, {"file": name}), tmp_path)
    (request,) = script.requests
    assert request["headers"]["Content-Type"].startswith("multipart/form-data; boundary=")
    first, second, third = request["body"].split(b"Content-Disposition: form-data; ")[1:]
    assert json.loads(first[first.index(b"{") : first.rindex(b"}") + 1]) == {
        "query": UPLOAD.text,
        "variables": {"id": 4, "file": None},
    }
    assert b'name="map"' in second
    assert b'{"0": ["variables.file"]}' in second
    assert b'name="0"' in third
    assert b"\r\n\r\n\x1f\x8b\0content\r\n" in third


def test_curl_sends_the_files_of_a_list():
    line = lines.curl("https://paste.example.org", "{ a }", {"v": 1}, {"files.0": "a.txt", "files.1": "b.txt"})
    command, _, body = line.partition("\n")
    assert json.loads(body.removesuffix("EOF\n"))["variables"] == {"v": 1, "files": [None, None]}
    words = shlex.split(command.partition("<<")[0])
    assert 'map={"0": ["variables.files.0"], "1": ["variables.files.1"]}' in words
    assert [word for word in words if word[:1].isdigit()] == ['0=@"a.txt"', '1=@"b.txt"']


def test_hut_sends_no_files_of_a_list():
    assert lines.hut("git", UPLOAD, {"id": 4}, {"file.0": "a.txt"}) == ""


def test_an_odd_origin_stays_one_word(shell):
    line = lines.curl("https://git.example.org/a'b;c", "{ a }", {})
    assert "'https://git.example.org/a'\"'\"'b;c/query'" in line


@pytest.mark.parametrize("text", NASTY)
def test_hut_gets_what_was_given(shell, text):
    line = lines.hut("git", QUERY, values(text))
    if text == "EOF":
        assert line == ""
        line = lines.hut("git", QUERY, values(text, list=[]))
    arguments, document = sent_by_hut(line, shell)
    assert arguments[:3] == ["graphql", "git", "--stdin"]
    expected = values(text, list=[]) if text == "EOF" else values(text)
    assert taken(document, variables(arguments)) == taken(QUERY.text, expected)


def test_hut_gets_any_text(shell):
    @settings(max_examples=25)
    @given(TEXT)
    def gets(text):
        arguments, document = sent_by_hut(lines.hut("git", QUERY, values(text, list=[])), shell)
        assert taken(document, variables(arguments)) == taken(QUERY.text, values(text, list=[]))

    gets()


def test_hut_gets_no_variables_but_those_left_in_its_document(shell):
    arguments, document = sent_by_hut(lines.hut("git", QUERY, values("a")), shell)
    declared = {v.variable.name.value for v in parse(document).definitions[0].variable_definitions}
    assert set(variables(arguments)) == {"text", "kind"}
    assert declared == {"text", "kind", "none", "in"}


def test_hut_writes_null_where_a_default_would_stand_in_for_it(shell):
    arguments, document = sent_by_hut(lines.hut("git", QUERY, values("a", kind=None)), shell)
    assert "kind: null" in document
    assert "kind" not in variables(arguments)


def test_hut_sends_files(shell):
    arguments, document = sent_by_hut(lines.hut("git", UPLOAD, {"id": 4}, {"file": "a, b.tar.gz"}), shell)
    assert arguments == ["graphql", "git", "--stdin", "--file", '"file=a, b.tar.gz"']
    assert "upload(id: 4, file: $file)" in document


@pytest.mark.parametrize("inner", [{"kind": "OPEN"}, {"deep": [{"kind": "NOT_OURS"}]}])
def test_what_may_be_an_enum_inside_an_input_is_nothing_for_hut(inner):
    assert lines.hut("git", QUERY, values("a", **{"in": inner})) == ""
    assert lines.hut("git", QUERY, values("a", **{"in": {"name": "Open"}})) != ""


def test_half_a_character_is_replaced_where_no_text_can_hold_it(shell):
    _, document = sent_by_hut(lines.hut("git", QUERY, values("a\ud800", list=[])), shell)
    assert ("text", "a\ufffd") in taken(document, {})
