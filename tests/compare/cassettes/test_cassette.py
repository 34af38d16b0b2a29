from __future__ import annotations

import io
from pathlib import Path

import pytest
from werkzeug.formparser import MultiPartParser

from shim.compare.cassettes.cassette import load
from shim.compare.cassettes.exchange import Request
from shim.compare.cassettes.finding import CassetteError, find, locate
from tests.compare.kit import interaction, write_cassette

NAME = "git/rest/reads/x.yaml"


def test_loads_requests_and_answers_as_recorded(tmp_path: Path) -> None:
    recorded = interaction("/api/a%20b?start=1", "{}", method="POST", sent="é", status=201)
    cassette = load(write_cassette(tmp_path, NAME, [recorded], note="object storage on"))
    exchange = cassette.exchanges[0]
    assert (cassette.name, cassette.service, cassette.kind, cassette.note) == (
        NAME,
        "git",
        "reads",
        "object storage on",
    )
    assert exchange.request.method == "POST"
    assert exchange.request.target == "/api/a%20b?start=1"
    assert exchange.request.header("authorization") == "token {ann}"
    assert exchange.request.body == "é".encode()
    assert (exchange.recorded.status, exchange.recorded.content_type) == (201, "application/json")


@pytest.mark.parametrize(("further", "derived"), [({}, False), ({"derived": True}, True)])
def test_derived_cassettes_say_so(tmp_path: Path, further: dict[str, bool], derived: bool) -> None:
    assert load(write_cassette(tmp_path, NAME, [interaction("/", "")], **further)).derived is derived


def test_binary_bodies_stay_bytes(tmp_path: Path) -> None:
    recorded = interaction("/", b"\xff{now}", sent=b"\xfe")
    exchange = load(write_cassette(tmp_path, NAME, [recorded])).exchanges[0]
    assert (exchange.request.body, exchange.recorded.body, exchange.recorded.text) == (b"\xfe", b"\xff{now}", None)


def test_fillers_may_be_escaped(tmp_path: Path) -> None:
    recorded = interaction("/", "{}", sent=r'{"a": "{\u00fc*2}{\ud83d\udc1b*2}"}')
    body = load(write_cassette(tmp_path, NAME, [recorded])).exchanges[0].request.body
    assert body == rb'{"a": "\u00fc\u00fc\ud83d\udc1b\ud83d\udc1b"}'


def test_forms_that_are_only_told_of_are_written_out(tmp_path: Path) -> None:
    asked = {"Content-Type": ["multipart/form-data; boundary=xx"]}
    recorded = interaction("/", "{}", sent="(multipart: name=a b, visibility=PRIVATE)", asked=asked)
    body = load(write_cassette(tmp_path, NAME, [recorded])).exchanges[0].request.body or b""
    form = MultiPartParser().parse(io.BytesIO(body), b"xx", len(body))[0]
    assert form.to_dict() == {"name": "a b", "visibility": "PRIVATE"}


def test_fillers_are_written_out(tmp_path: Path) -> None:
    recorded = interaction("/", '{"a": "{c*5}"}', sent="{ü*3}")
    exchange = load(write_cassette(tmp_path, NAME, [recorded])).exchanges[0]
    assert exchange.request.body == "üüü".encode()
    assert exchange.recorded.body == b'{"a": "ccccc"}'


@pytest.mark.parametrize(
    ("forms", "marked"),
    [
        (["legacy", "rfc3339"], "{now:legacy} {now:rfc3339} {now}"),
        ("graphql", "{now:rfc3339} {now:rfc3339} {now:rfc3339}"),
        ("both", "{now} {now} {now}"),
        (None, "{now} {now} {now}"),
    ],
)
def test_the_recorded_form_of_a_time_is_kept(tmp_path: Path, forms: object, marked: str) -> None:
    further = {} if forms is None else {"now": forms}
    recorded = interaction("/", "{now} {now} {now}", **further)
    assert load(write_cassette(tmp_path, NAME, [recorded])).exchanges[0].recorded.text == marked


def test_requests_that_are_only_told_of_come_before(tmp_path: Path) -> None:
    told = 'after 2 times PUT /api/trackers/widgets {"description": "d<k>"}'
    (found,) = load(write_cassette(tmp_path, NAME, [{**interaction("/api/x", "{}"), "comment": told}])).exchanges
    assert [(one.method, one.url, one.body) for one in found.before] == [
        ("PUT", "http://git.example.org/api/trackers/widgets", b'{"description": "d0"}'),
        ("PUT", "http://git.example.org/api/trackers/widgets", b'{"description": "d1"}'),
    ]
    assert {one.header("Content-Type") for one in found.before} == {"application/json"}
    assert {one.header("Authorization") for one in found.before} == {found.request.header("Authorization")}


def test_urls_are_sent_in_ascii(tmp_path: Path) -> None:
    recorded = interaction("/api/ünï/{uuid:1}", "{}")
    request = load(write_cassette(tmp_path, NAME, [recorded])).exchanges[0].request
    assert request.target == "/api/%C3%BCn%C3%AF/{uuid:1}"


@pytest.mark.parametrize(
    "content", ["[", "interactions: 5", "version: 1", "interactions: []", "interactions: [{request: {}}]"]
)
def test_says_which_file_is_no_cassette(tmp_path: Path, content: str) -> None:
    path = tmp_path / "x.yaml"
    path.write_text(content)
    with pytest.raises(CassetteError, match=r"x\.yaml"):
        load(path)


def test_finds_cassettes_in_order(tmp_path: Path) -> None:
    for name in ("git/rest/writes/b.yaml", "git/rest/reads/a.yaml", "todo/rest/reads/c.yaml", "git/rest/x/d.yaml"):
        write_cassette(tmp_path, name, [])
    write_cassette(tmp_path, "git/graphql/reads/e.yaml", [])
    assert [path.name for path in find(tmp_path)] == ["a.yaml", "b.yaml", "c.yaml"]


def test_locates_the_root_of_cassettes_and_folders(tmp_path: Path) -> None:
    root = tmp_path / "rest" / "fixtures"
    first = write_cassette(root, "git/rest/reads/a.yaml", [])
    second = write_cassette(root, "git/rest/writes/b.yaml", [])
    assert locate([root]) == (root, ())
    assert locate([first, second]) == (root, (first, second))
    assert locate([root / "git" / "rest"]) == (root, (first, second))
    assert locate([root / "git" / "rest" / "writes"]) == (root, (second,))


def test_refuses_cassettes_of_several_roots(tmp_path: Path) -> None:
    paths = [write_cassette(tmp_path / name, "git/rest/reads/a.yaml", []) for name in "ab"]
    with pytest.raises(CassetteError, match="one fixtures root"):
        locate(paths)


def test_a_header_is_replaced_in_any_spelling() -> None:
    request = Request("GET", "http://h/", (("AUTHORIZATION", "a"), ("X", "y")))
    assert request.with_header("Authorization", "b").headers == (("X", "y"), ("Authorization", "b"))
