"""The queue that delivers."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, HTTPServer

import requests

from shim.recordings.answer import Answer
from shim.sandbox.instance import Instance
from shim.sandbox.webhooks.delivery import Queue, post


class _Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(201)
        self.send_header("X-Event", self.headers["X-Webhook-Event"])
        self.send_header("X-Agent", self.headers["User-Agent"])
        self.end_headers()
        self.wfile.write(body[::-1])

    def log_message(self, *_: object) -> None:
        """Silence."""


def test_a_delivery_over_http() -> None:
    with HTTPServer(("127.0.0.1", 0), _Handler) as server:
        thread = threading.Thread(target=server.handle_request)
        thread.start()
        answer = post(f"http://127.0.0.1:{server.server_port}/", {"X-Webhook-Event": "E"}, b"abc")
        thread.join()
    assert (answer.status, answer.body) == (201, b"cba")
    assert "X-Agent: Go-http-client/1.1\r\n" in answer.header_block
    assert "X-Event: E\r\n" in answer.header_block


def test_headers_are_recorded_in_order() -> None:
    assert Answer(200, {"b": "2", "A": "1"}, b"").header_block == "A: 1\r\nb: 2\r\n"


def test_nobody_waits_for_a_receiver() -> None:
    release = threading.Event()
    done: list[Answer] = []

    def slow(url: str, headers: Mapping[str, str], body: bytes) -> Answer:
        release.wait(30)
        return Answer(200, {}, url.encode())

    queue = Queue(Instance(), slow)
    for url in ("http://a", "http://b"):
        queue.submit(url, {}, b"", done.append)
    assert not queue.drain(0.01)
    release.set()
    assert queue.drain()
    assert [answer.body for answer in done] == [b"http://a", b"http://b"]
    queue.close()


def test_a_fault_in_a_delivery_does_not_stop_the_next() -> None:
    done: list[Answer] = []

    def broken(url: str, headers: Mapping[str, str], body: bytes) -> Answer:
        if url == "http://a":
            raise RuntimeError("a fault")
        return Answer(200, {}, b"")

    queue = Queue(Instance(), broken)
    queue.submit("http://a", {}, b"", done.append)
    queue.submit("http://b", {}, b"", done.append)
    assert queue.drain()
    assert len(done) == 1
    queue.close()
    assert queue.drain()


class Told:
    """A transport that gives answers in their order and notes what it was asked."""

    def __init__(self, *answers: int | None) -> None:
        self.answers, self.asked = list(answers), list[Mapping[str, str]]()
        self.done = threading.Event()

    def __call__(self, url: str, headers: Mapping[str, str], body: bytes) -> Answer:
        self.asked.append(headers)
        status = self.answers.pop(0)
        if not self.answers:
            self.done.set()
        if status is None:
            raise requests.ConnectionError("refused")
        return Answer(status, {}, str(status).encode())


def test_what_fails_as_networks_do_is_made_again_with_a_new_nonce() -> None:
    transport, recorded = Told(None, 502, 503, 504, 201), list[Answer]()
    queue = Queue(Instance(), transport, (0.0,) * 4)
    queue.submit("http://a", {"X-Webhook-Delivery": "uuid"}, b"body", recorded.append)
    assert transport.done.wait(20)
    assert queue.drain()
    assert [answer.status for answer in recorded] == [502, 503, 504, 201]
    assert len({asked["X-Payload-Nonce"] for asked in transport.asked}) == 5
    assert {asked["X-Webhook-Delivery"] for asked in transport.asked} == {"uuid"}
    queue.close()


def test_after_five_attempts_a_delivery_is_lost() -> None:
    transport, recorded = Told(*(503,) * 5), list[Answer]()
    queue = Queue(Instance(), transport, (0.0,) * 4)
    queue.submit("http://a", {}, b"", recorded.append)
    assert transport.done.wait(20)
    assert queue.drain()
    assert queue.waiting == 0
    assert len(recorded) == 5
    queue.close()


def test_any_other_answer_is_final() -> None:
    transport = Told(500, 404, 429)
    queue = Queue(Instance(), transport)
    for _ in range(3):
        queue.submit("http://a", {}, b"", lambda answer: None)
    assert queue.drain()
    assert queue.waiting == 0
    queue.close()


def test_what_waits_to_be_made_again_is_no_delivery_of_now() -> None:
    queue = Queue(Instance(), Told(None))
    queue.submit("http://a", {}, b"", lambda answer: None)
    assert queue.drain()
    assert queue.waiting == 1
    queue.forget()
    assert queue.waiting == 0
    queue.close()
