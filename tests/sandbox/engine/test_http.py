"""The HTTP side: paths, transports, uploads, reset, and a server that survives."""

from __future__ import annotations

import json
import socket
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import requests

from shim.sandbox import Conditions, DataError, Sandbox, Storage

from ..conftest import ROOT, Client

ME = "{ me { username } }"
UPLOAD = """
mutation ($file: Upload!) { uploadArtifact(repoId: 11, revspec: "v1.0", file: $file) { filename checksum } }
"""


@pytest.mark.parametrize("path", ["/nothing/query", "/git", "/git/", "/git/queryx", "/git/query/", "/git/query/nope"])
def test_unknown_paths(git: Client, path: str) -> None:
    response = git.sandbox.app.test_client().get(path, headers=git.bearer("jdoe"))
    assert (response.status_code, response.text) == (404, "404 page not found\n")
    assert response.content_type == "text/plain; charset=utf-8"


def test_scopes_need_no_authorization(git: Client) -> None:
    answer = git.open("/query/api-meta.json").get_json()
    assert answer == {"scopes": ["PROFILE", "REPOSITORIES", "OBJECTS", "ACLS"]}


def test_a_query_string(git: Client) -> None:
    params = {"query": "query($u: String!) { user(username: $u) { id } }", "variables": '{"u": "alice"}'}
    response = git.open("/query", query_string=params, headers=git.bearer("jdoe"))
    assert response.get_json() == {"data": {"user": {"id": 2}}}


def test_a_query_string_with_broken_variables(git: Client) -> None:
    params = {"query": ME, "variables": "{"}
    response = git.open("/query", query_string=params, headers=git.bearer("jdoe"))
    assert response.status_code == 400
    assert response.get_json()["errors"] == [{"message": "variables could not be decoded"}]


def test_a_fault_in_the_data_is_answered_and_survived(git: Client) -> None:
    git.store.repositories.get(2).bare = None
    answer = git.ask('{ me { repository(name: "files") { name HEAD { name } } } }')
    assert answer["data"] == {"me": {"repository": {"name": "files", "HEAD": None}}}
    assert [error["message"] for error in answer["errors"]] == ["internal system error"]
    assert git.data(ME) == {"me": {"username": "jdoe"}}


@pytest.mark.parametrize(
    ("body", "status", "message"),
    [
        (b"null", 422, "internal system error"),
        (b'{"query": 5}', 400, "cannot unmarshal number into Go struct field RawParams.query of type string"),
        (
            b'{"query": "{ me { id } }", "variables": []}',
            400,
            "cannot unmarshal array into Go struct field RawParams.variables",
        ),
        (b'"x"', 400, "cannot unmarshal string into Go value of type graphql.RawParams"),
        (b'{"query": "\xff"}', 422, "nexpected character"),
    ],
)
def test_bodies_that_are_no_request(git: Client, body: bytes, status: int, message: str) -> None:
    response = git.open("/query", "POST", data=body, content_type="application/json", headers=git.bearer("jdoe"))
    assert response.status_code == status
    assert message in response.get_json()["errors"][0]["message"]


def test_a_document_nested_too_deeply_is_answered(git: Client) -> None:
    text = "{ me " + '{ repository(name: "x") ' * 2000 + "}" * 2000 + "}"
    response = git.open("/query", "POST", json={"query": text}, headers=git.bearer("jdoe"))
    assert response.status_code >= 400
    assert "errors" in response.get_json()


def _upload(client: Client, form: dict[str, Any]) -> Any:
    return client.open("/query", "POST", data=form, headers=client.bearer("jdoe")).get_json()


def _storage_on(client: Client) -> None:
    client.sandbox.reset(Conditions(storage=Storage.of(client.sandbox.instance)))


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ("../a/\u00fc.bin", "\u00fc.bin"),
        ("a/dir//", "dir"),
        ("//", "/"),
        (r"a \"b\" \\.txt", r'a "b" \.txt'),
        (r"C:\new\file", r"C:\new\file"),
        ("a%22b; c.txt", "a%22b; c.txt"),
    ],
)
def test_an_upload_keeps_the_base_name_as_go_reads_it(git: Client, header: str, name: str) -> None:
    _storage_on(git)
    operations = json.dumps({"query": UPLOAD, "variables": {"file": None}})
    parts = (("operations", "", operations), ("map", "", '{"f": ["variables.file"]}'), ("f", header, "abc"))
    named = ((part, f'; filename="{file}"' if file else "", held) for part, file, held in parts)
    body = "".join(f'--b\r\nContent-Disposition: form-data; name="{p}"{f}\r\n\r\n{h}\r\n' for p, f, h in named)
    sent = {"data": f"{body}--b--\r\n".encode(), "content_type": "multipart/form-data; boundary=b"}
    made = git.open("/query", "POST", **sent, headers=git.bearer("jdoe")).get_json()["data"]["uploadArtifact"]
    assert made["filename"] == name
    assert made["checksum"].startswith("sha256:ba7816bf")


@pytest.mark.parametrize(
    ("form", "message"),
    [
        ({"x": "1"}, "first part must be operations"),
        ({"operations": "{", "map": "{}"}, "operations form field could not be decoded"),
        ({"operations": "{}"}, "second part must be map"),
        ({"operations": "{}", "map": "[]"}, "map form field could not be decoded"),
        ({"operations": "{}", "map": '{"f": []}'}, "invalid empty operations paths list for key f"),
        ({"operations": "{}", "map": '{"f": ["variables.file"]}'}, "failed to get key f from form"),
        (
            {"operations": "{}", "map": '{"f": ["variables.file"]}', "f": (BytesIO(b""), "x")},
            "invalid operations path variables.file",
        ),
    ],
)
def test_forms_that_are_no_upload(git: Client, form: dict[str, Any], message: str) -> None:
    response = git.open("/query", "POST", data=form, content_type="multipart/form-data", headers=git.bearer("jdoe"))
    assert response.status_code == 422
    assert response.get_json()["errors"] == [{"message": message}]


def test_a_body_that_is_no_form(git: Client) -> None:
    headers = git.bearer("jdoe")
    response = git.open("/query", "POST", data=b"x", content_type="multipart/form-data", headers=headers)
    assert response.status_code == 422
    assert response.get_json()["errors"] == [{"message": "failed to parse multipart form"}]


def test_a_value_that_is_no_file(git: Client) -> None:
    _storage_on(git)
    assert git.errors(UPLOAD, file="x") == ["string is not an Upload"]


def test_reset_brings_rows_back_and_sets_conditions(git: Client) -> None:
    git.data("mutation { deleteRepository(id: 1) { id } }")
    app = git.sandbox.app.test_client()
    assert app.post("/reset", json=Conditions(meta_reachable=False).to_json()).status_code == 204
    assert git.ask(ME)["errors"][0]["message"].endswith("Temporary error; try again later")
    assert app.post("/reset").status_code == 204
    assert git.data('{ me { repository(name: "weather") { id } } }') == {"me": {"repository": {"id": 1}}}


@pytest.mark.parametrize("body", [b'{"storage": {"upstream": 1}}', b"[]", b'{"storage": "x"}'])
def test_what_is_no_conditions(git: Client, body: bytes) -> None:
    response = git.sandbox.app.test_client().post("/reset", data=body, content_type="application/json")
    assert response.status_code in (204, 400)
    assert git.data(ME) == {"me": {"username": "jdoe"}}


def test_it_serves_many_over_a_socket(git: Client) -> None:
    with git.sandbox.running() as base, requests.Session() as session:
        session.trust_env = False
        for _ in range(3):
            response = session.post(f"{base}/git/query", json={"query": ME}, headers=git.bearer("alice"))
            assert response.json() == {"data": {"me": {"username": "alice"}}}
        assert session.head(f"{base}/git/query/api-meta.json").headers["Content-Length"] == "54"


def test_links_lead_to_the_sandbox_itself() -> None:
    sandbox = Sandbox(ROOT, era="2026", services=["git"])
    client = Client(sandbox, None)  # type: ignore[arg-type]
    blob = 'path(path: "README.md") { object { ... on Blob { content } } }'
    query = f'{{ me {{ repository(name: "files") {{ {blob} }} }} }}'
    link = client.data(query)["me"]["repository"]["path"]["object"]["content"]
    assert link.startswith("http://localhost/git/query/blob/2/")
    answer = client.open(link.removeprefix("http://localhost/git"), headers=client.bearer("jdoe"))
    assert answer.status_code == 200


def test_a_port_in_use(git: Client) -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as taken,
        pytest.raises(OSError, match="in use"),
        git.sandbox.running(port=taken.getsockname()[1]),
    ):
        pytest.fail("served all the same")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (b"garbage", "config.ini: line 1 is neither"),
        (b"[sr.ht]\nowner-email=\xff\n", "config.ini: can't be read: it is not UTF-8"),
        (b"[sr.ht]\nnetwork-key=short\n", r"config.ini: \[sr.ht\] network-key: is no Fernet key"),
        (b"[sr.ht]\nnetwork-key=\n", r"config.ini: \[sr.ht\] network-key: is needed"),
        (b"[webhooks]\nprivate-key=c2hvcnQ=\n", r"config.ini: \[webhooks\] private-key: is not base64 of 32 bytes"),
        (b"[webhooks]\nprivate-key=?\n", r"config.ini: \[webhooks\] private-key: "),
        (None, "config.ini: can't be read: Is a directory"),
    ],
)
def test_a_configuration_that_cannot_be_used(tmp_path: Path, text: bytes | None, message: str) -> None:
    (tmp_path / "git").symlink_to(ROOT / "git")
    (tmp_path / "config.ini").mkdir() if text is None else (tmp_path / "config.ini").write_bytes(text)
    with pytest.raises(DataError, match=message):
        Sandbox(tmp_path, services=["git"])


@pytest.mark.parametrize(
    ("files", "services", "message"),
    [
        ({}, None, "no data set of any of"),
        ({}, ["git"], "No such file"),
        ({}, ["nope"], "nope: the sandbox knows"),
        ({"dataset.json": "{"}, None, "git/data: "),
        ({"dataset.json": "{}"}, None, "repositories"),
    ],
)
def test_data_that_cannot_be_used(
    tmp_path: Path, files: dict[str, str], services: list[str] | None, message: str
) -> None:
    (tmp_path / "git" / "data").mkdir(parents=True)
    for name, text in files.items():
        (tmp_path / "git" / "data" / name).write_text(text)
    with pytest.raises(DataError, match=message):
        Sandbox(tmp_path, services=services)
