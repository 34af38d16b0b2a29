"""The stand-in dies of what the real servers die of, and of nothing else."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import pytest
import requests

from bench import deadly, mails
from bench.asks import MIXED
from bench.fatal import Fatal, Server
from bench.machine import Machine
from bench.threaded import DEADLY
from shim.crypto import seal
from shim.sandbox.instance import Instance

KEY = Instance().network_key
TICKETS = 'query Tickets($c: Cursor) { me { tracker(name: "t") { tickets(cursor: $c) { results { %s } cursor } } } }'
DEAR = TICKETS % "id labels { id } assignees { canonicalName }"
REPOSITORY = 'query Repository { user(username: "a") { repository(name: "r") { id } } }'


@contextmanager
def fatal(**limits: Any) -> Iterator[Fatal]:
    upstream = Fatal(network_key=KEY, **{"pause": (0.0, 0.0), **limits})
    with upstream.running():
        yield upstream


def asked(query: str, **variables: Any) -> dict[str, Any]:
    return {"query": query, "variables": variables, "operationName": query.split("(")[0].split()[1]}


def sent(server: Server, query: str, **variables: Any) -> socket.socket:
    """A connection on which a document was asked."""
    body = json.dumps(asked(query, **variables)).encode()
    head = f"POST /query HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    connection = socket.create_connection(("127.0.0.1", server.port))
    connection.sendall(head.encode() + body)
    return connection


def answered(server: Server, query: str, **variables: Any) -> Any:
    answer = requests.post(f"{server.origin}/query", json=asked(query, **variables), timeout=10)
    assert answer.status_code == 200
    return answer.json()


def idle(server: Server) -> socket.socket:
    """A connection that has had its answer and waits for the next."""
    connection = sent(server, "query Me { me { id } }")
    assert connection.recv(65536).startswith(b"HTTP/1.1 200")
    return connection


def git(selections: str) -> str:
    return f"query Q {{ {selections} }}"


def user(alias: str, fields: str, name: str = "r") -> str:
    return f'{alias}: user(username: "a") {{ repository(name: "{name}") {{ {fields} }} }}'


LOG = "log { results { id } }"


@pytest.mark.parametrize(
    ("selections", "cause"),
    [
        (user("a", "HEAD { name }") + user("b", LOG), "two aliases"),
        (user("a", "HEAD { name }") + user("b", "references { results { name } }"), "two aliases"),
        (user("a", "HEAD { name }") + user("b", "HEAD { name }"), "two aliases"),
        (user("a", f"x: {LOG} y: {LOG}"), "two logs"),
        (user("a", LOG) + user("b", LOG), "two logs"),
        (user("a", f'{LOG} revparse_single(revspec: "x") {{ id }}'), "log beside objects"),
        (user("a", LOG) + user("b", 'objects(ids: ["x"]) { id }'), "log beside objects"),
    ],
)
def test_one_document_can_be_deadly(selections: str, cause: str) -> None:
    with fatal() as upstream, idle(upstream.servers["git"]) as other:
        with sent(upstream.servers["git"], git(selections)) as connection:
            assert connection.recv(1) == b""
        assert other.recv(1) == b""
        (death,) = upstream.figures.deaths
        assert (death.service, death.cause, death.operation) == ("git", cause, "Q")
        assert upstream.figures.cut["git"] == 2


@pytest.mark.parametrize(
    "selections",
    [
        user("a", f"HEAD {{ name }} {LOG}"),
        user("a", "HEAD { name }") + user("a", LOG),
        user("a", LOG) + user("b", "references { results { name } }"),
        user("a", LOG) + user("b", "id name"),
        user("a", LOG) + user("b", LOG, name="other"),
        user("a", "HEAD { name }") + user("b", LOG, name="other"),
        user("a", 'HEAD { name } revparse_single(revspec: "x") { id } path(path: "y") { id }'),
        user("a", f'{LOG} revparse_single(revspec: "x") @include(if: false) {{ id }}'),
    ],
)
def test_other_documents_are_answered(selections: str) -> None:
    with fatal() as upstream:
        answer = requests.post(f"{upstream.servers['git'].origin}/query", json=asked(git(selections)), timeout=10)
        assert answer.json()["data"]
        assert upstream.figures.deaths == []


def test_a_client_that_hangs_up_kills_its_own_service_only() -> None:
    with fatal(machine=Machine(max_connections=1000)) as upstream:
        todo, others = upstream.servers["todo"], upstream.servers["git"]
        with idle(todo) as waiting, idle(others) as elsewhere:
            sent(todo, DEAR, c=seal(KEY, {"count": 50, "next": "", "search": ""})).close()
            assert waiting.recv(1) == b""
            assert upstream.figures.causes == {"abandoned": 1}
            elsewhere.settimeout(0.01)
            with pytest.raises(TimeoutError):
                elsewhere.recv(1)


def test_whoever_waits_for_the_answer_may_hang_up_then() -> None:
    with fatal() as upstream:
        for _ in range(3):
            idle(upstream.servers["todo"]).close()
        with idle(upstream.servers["todo"]):
            pass
        assert upstream.figures.answered["todo"] == 4
        assert upstream.figures.deaths == []


def test_a_half_sent_request_kills_nobody() -> None:
    with fatal() as upstream:
        with socket.create_connection(("127.0.0.1", upstream.servers["git"].port)) as connection:
            connection.sendall(b"POST /query HTTP/1.1\r\nContent-Length: 100\r\n\r\n{")
        idle(upstream.servers["git"]).close()
        assert upstream.figures.deaths == []


def test_a_call_that_takes_too_long_ends_all_and_the_service_comes_back() -> None:
    with fatal(max_duration=0.1, pause=(0.3, 0.3)) as upstream:
        todo = upstream.servers["todo"]
        with sent(todo, DEAR, c=seal(KEY, {"count": 50, "next": "", "search": ""})) as connection:
            assert connection.recv(1) == b""
        with pytest.raises(ConnectionRefusedError):
            sent(todo, DEAR)
        assert upstream.figures.causes == {"max-duration": 1}
        assert returned(todo)
        assert upstream.figures.causes == {"max-duration": 1}


def returned(server: Server) -> bool:
    """Waits until a service is back."""
    while True:
        with suppress(ConnectionRefusedError), idle(server):
            return True


def test_connections_of_all_services_run_out_together() -> None:
    with fatal(machine=Machine(max_connections=60)) as upstream:
        answer = requests.post(f"{upstream.servers['todo'].origin}/query", json=asked(DEAR), timeout=10).json()
        assert len(answer["data"]["me"]["tracker"]["tickets"]["results"]) == 25
        assert upstream.machine.most_connections == 50
        place = seal(KEY, {"count": 31, "next": "", "search": ""})
        with sent(upstream.servers["todo"], DEAR, c=place) as connection:
            assert connection.recv(1) == b""
        assert upstream.figures.causes == {"connections": 1}


def test_rows_without_dear_fields_take_one_connection() -> None:
    with fatal(machine=Machine(max_connections=1)) as upstream:
        answer = requests.post(f"{upstream.servers['todo'].origin}/query", json=asked(TICKETS % "id"), timeout=10)
        assert answer.status_code == 200
        assert upstream.figures.deaths == []


def test_pages_follow_one_another() -> None:
    with fatal() as upstream:
        found: list[int] = []
        cursor = None
        while not found or cursor:
            question = asked(TICKETS % "id", c=cursor)
            answer = requests.post(f"{upstream.servers['todo'].origin}/query", json=question, timeout=10).json()
            page = answer["data"]["me"]["tracker"]["tickets"]
            found += [row["id"] for row in page["results"]]
            cursor = page["cursor"]
        assert found == list(range(60, 0, -1))


def test_what_the_schema_does_not_know_is_refused() -> None:
    with fatal() as upstream:
        answer = requests.post(f"{upstream.servers['git'].origin}/query", json=asked("query Q { nothing }"), timeout=10)
        assert answer.status_code == 422
        assert "nothing" in answer.json()["errors"][0]["message"]


MAIL = "query Mail($id: Int!) { email(id: $id) { id %s } }"


@pytest.mark.parametrize(
    ("service", "query", "variables", "cause"),
    [
        ("lists", MAIL % "subject", {"id": 2**31}, deadly.BEYOND),
        ("lists", MAIL % "subject", {"id": -(2**31) - 1}, deadly.BEYOND),
        ("lists", MAIL % "thread { replies }", {"id": mails.UNREADABLE}, DEADLY),
        ("lists", MAIL % "thread { replies }", {"id": mails.UNREADABLE + 1}, DEADLY),
        ("todo", "query Q($n: String!) { me { tracker(name: $n) { id } } }", {"n": "t\0"}, deadly.NUL),
        (
            "todo",
            'query Q($n: Int!) { me { tracker(name: "t") { ticket(id: $n) { id } } } }',
            {"n": 2**31},
            deadly.BEYOND,
        ),
        ("paste", "query Q($n: String!) { paste(id: $n) { id } }", {"n": "\0"}, deadly.NUL),
        (
            "git",
            'query Q($n: String!) { me { repository(name: "r") { revparse_single(revspec: $n) { id } } } }',
            {"n": ""},
            deadly.EMPTY,
        ),
    ],
)
def test_one_value_can_be_deadly(service: str, query: str, variables: dict[str, Any], cause: str) -> None:
    with fatal() as upstream:
        with sent(upstream.servers[service], query, **variables) as connection:
            assert connection.recv(1) == b""
        assert upstream.figures.causes == {cause: 1}


@pytest.mark.parametrize(
    ("service", "number", "deaths"), [("git", 2**31, 1), ("git", 2**31 - 1, 0), ("paste", 2**31, 0)]
)
def test_so_can_one_path(service: str, number: int, deaths: int) -> None:
    with fatal() as upstream:
        address = f"{upstream.servers[service].origin}/query/blob/{number}/c0"
        with suppress(requests.ConnectionError):
            assert requests.get(address, timeout=10).content
        assert sum(upstream.figures.causes.values()) == deaths


@pytest.mark.parametrize("number", [2**31 - 1, 2**63, -(2**31)])
def test_other_ids_kill_nobody(number: int) -> None:
    with fatal() as upstream:
        question = asked(MAIL % "subject", id=number)
        answer = requests.post(f"{upstream.servers['lists'].origin}/query", json=question, timeout=10)
        assert answer.status_code == (422 if number > 2**31 else 200)
        assert upstream.figures.deaths == []


def test_builds_refuses_ids_in_words() -> None:
    with fatal() as upstream:
        question = asked("query Q($n: Int!) { job(id: $n) { id } }", n=2**31)
        answer = requests.post(f"{upstream.servers['builds'].origin}/query", json=question, timeout=10)
        assert answer.status_code == 422
        assert upstream.figures.deaths == []


THREADS = (
    "query Q($l: String!, $c: Cursor) { me { list(name: $l) { threads(cursor: $c) { results { root { id } } } } } }"
)


def test_a_root_that_cannot_be_read_only_spoils_the_threads_that_hold_it() -> None:
    with fatal() as upstream:
        whole = seal(KEY, {"count": 2000, "next": "", "search": ""})
        bad = answered(upstream.servers["lists"], THREADS, l="l1", c=whole)
        assert [error["path"] for error in bad["errors"]] == [["me", "list", "threads"]]
        good = answered(upstream.servers["lists"], THREADS, l="l2", c=whole)["data"]["me"]["list"]["threads"]["results"]
        roots = [thread["root"]["id"] for thread in good]
        assert roots == [n for n in range(mails.LONG, 0, -1) if n % 4 != 2 and n != mails.UNREADABLE]
        assert upstream.figures.deaths == []


PATCHES = "patches { results { id } }"
PAGES = {
    "jobs": ("builds", "jobs(cursor: $c) { results { id tasks { id } } }", 50),
    "groups": ("builds", "jobs(cursor: $c) { results { group { jobs { id } } } }", 50),
    "pastes": ("paste", "pastes(cursor: $c) { results { id files { filename hash } } }", 100),
    "bare pastes": ("paste", "pastes(cursor: $c) { results { id user { canonicalName } } }", 1),
    "patchsets": ("lists", f'me {{ list(name: "l2") {{ patches(cursor: $c) {{ results {{ {PATCHES} }} }} }} }}', 50),
    "mails": (
        "lists",
        f'me {{ list(name: "l2") {{ emails(cursor: $c) {{ results {{ patchset {{ {PATCHES} }} }} }} }} }}',
        50,
    ),
    "bare mails": (
        "lists",
        'me { list(name: "l2") { emails(cursor: $c) { results { patchset { id } parent { id } } } } }',
        1,
    ),
    "one job": ("builds", "job(id: 5) { tasks { id } }", 1),
    "three jobs": (
        "builds",
        "a: job(id: 5) { tasks { id } } b: job(id: 6) { tasks { id } } c: job(id: 7) { tasks { id } }",
        3,
    ),
}


@pytest.mark.parametrize("page", PAGES)
def test_fields_of_single_rows_open_a_connection_each(page: str) -> None:
    service, selections, connections = PAGES[page]
    with fatal() as upstream:
        query = f"query Q($c: Cursor) {{ {selections} }}" if "$c" in selections else f"query Q {{ {selections} }}"
        answered(upstream.servers[service], query, c=seal(KEY, {"count": 50, "next": "", "search": ""}))
        assert upstream.machine.most_connections == connections


def test_loaders_take_a_connection_for_each_hundred_rows() -> None:
    with fatal() as upstream:
        query = 'query Q($c: Cursor) { me { list(name: "l1") { emails(cursor: $c) { results { patchset { id } } } } } }'
        answered(upstream.servers["lists"], query, c=seal(KEY, {"count": 2000, "next": "", "search": ""}))
        assert upstream.machine.most_connections == 2


def test_each_service_is_asked_its_own_things() -> None:
    assert {name: {ask.service for ask in asks} for name, asks in MIXED.items()} == {name: {name} for name in MIXED}
    with fatal() as upstream:
        assert set(upstream.servers) == set(MIXED)
