"""The short form of `make soak-webhooks`, and whether it would tell of what goes wrong."""

from __future__ import annotations

import json
import socket
import urllib.request
from urllib.error import HTTPError

import pytest
from rich.console import Console

from bench.soak import Report, Soak, _judge, _text
from bench.target import Arrival, Target


def sent(number: int, **changes: object) -> bytes:
    owner = {"canonical_name": "~jdoe", "name": "jdoe"}
    told = {"id": 7, "created": "then", "updated": "then", "name": "weather", "description": _text(number)}
    return json.dumps({**told, "visibility": "PUBLIC", "owner": owner, **changes}).encode()


def arrived(number: int, **changes: object) -> Arrival:
    return Arrival(f"uuid {number}", "repo:update", sent(number, **changes))


def judged(events: int, *arrivals: Arrival) -> Report:
    report, target = Report(events), Target("description", refusing=0)
    for arrival in arrivals:
        assert target.take(arrival)
    _judge(report, target, 7)
    return report


def test_all_that_arrives_as_it_happened_passes() -> None:
    report = judged(2, arrived(0), arrived(1), arrived(1))
    assert report.passed
    assert (report.arrivals, report.twice) == (3, 1)


@pytest.mark.parametrize(
    ("arrivals", "lost", "wrong"),
    [
        ([arrived(0)], ["event 1"], []),
        ([arrived(0), arrived(1, name="other")], [], ["event 1"]),
        ([arrived(0), arrived(1, more=1)], [], ["event 1"]),
        ([arrived(0), arrived(1)._replace(event="REPO_UPDATE")], [], ["event 1"]),
        ([arrived(0), arrived(1), arrived(1)._replace(uuid="another")], [], ["event 1"]),
        ([arrived(0), arrived(1), arrived(1, created="later")], [], ["event 1"]),
        ([arrived(0), arrived(1), arrived(5)], [], ["event 5"]),
        ([arrived(0), arrived(1), Arrival("uuid", "repo:update", b"{broken")], [], ["{broken"]),
    ],
)
def test_what_is_lost_or_wrong_fails(arrivals: list[Arrival], lost: list[str], wrong: list[str]) -> None:
    report = judged(2, *arrivals)
    assert (report.lost, report.wrong) == (lost, wrong)
    assert not report.passed
    console = Console(width=100)
    with console.capture() as text:
        console.print(report.table())
    assert all(name in text.get() for name in lost + wrong)


def post(url: str, body: bytes) -> int:
    headers = {"X-Webhook-Delivery": "uuid", "X-Webhook-Event": "repo:update"}
    try:
        with urllib.request.urlopen(urllib.request.Request(url, body, headers)) as answer:  # noqa: S310
            return int(answer.status)
    except HTTPError as refused:
        with refused:
            return refused.code


def test_a_target_refuses_what_it_does_not_take() -> None:
    for refusing, status in ((0.0, 200), (1.0, 503)):
        target = Target("description", refusing)
        with target.running() as url:
            assert post(url, sent(3)) == status
        assert list(target.taken) == ([_text(3)] if status == 200 else [])
        assert target.refused == (status == 503)


def test_no_webhook_is_lost_however_often_the_shim_is_killed() -> None:
    told: list[str] = []
    program = ("-W", "error", "-m", "tests.bench.soaked")
    soak = Soak(200, 3, waits=(0.5, 1.0, 3.0, 6.0), patience=60.0, program=program, settled=6.0, told=told.append)
    report = soak.run()
    assert report.lost == report.wrong == []
    assert report.kills + report.kills_of_one == 3
    assert report.arrivals >= 200
    assert told[-1] == "200 of 200 events arrived"


def test_half_a_request_is_no_delivery():
    target = Target("description", refusing=0)
    with target.running() as url:
        port = int(url.split(":")[2].partition("/")[0])
        with socket.create_connection(("127.0.0.1", port)) as sender:
            sender.sendall(b"POST /hook HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n{}")
            sender.shutdown(socket.SHUT_WR)
            assert sender.recv(1) == b""
    assert (target.unread, dict(target.taken)) == ([], {})
