"""gunicorn before the shim's app, with the shim's log: what hostile connections get, and what the log says of them."""

from __future__ import annotations

import json
import logging
import os
import select
import socket
import subprocess
import sys

import pytest

from shim.server import log as serverlog
from tests.cli.test_serve import INI
from tests.rest.test_body import AUTHORIZED

SECRET = AUTHORIZED["Authorization"]
START = f"POST /api/repos HTTP/1.1\r\nHost: git.example.org\r\nAuthorization: {SECRET}\r\n"
HEAD = f"{START}Content-Type: application/json\r\n"
CHUNKED = f"{HEAD}Transfer-Encoding: chunked\r\n\r\n"


class Server:
    """gunicorn on a socket of ours, and what it writes on standard error."""

    def __init__(self, process, address):
        self.process, self.address = process, address

    def send(self, text, *, hang_up=False):
        """What one connection is answered."""
        with socket.create_connection(self.address) as connection:
            connection.sendall(text.encode())
            connection.shutdown(socket.SHUT_WR)
            if hang_up:
                return ""
            parts = list(iter(lambda: connection.recv(65536), b""))
        return b"".join(parts).decode()

    def lines(self):
        """The log until now: all that was written before a marker's line."""
        self.send("GARBAGE\r\n\r\n")
        found = []
        while not found or found[-1].get("fault") != "InvalidRequestLine":
            assert select.select([self.process.stderr], [], [], 30)[0]
            found.append(json.loads(self.process.stderr.readline()))
        return found[:-1]


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """A server that has answered once."""
    config = tmp_path_factory.mktemp("serve") / "config.ini"
    config.write_text(INI)
    command = [sys.executable, "-m", "gunicorn", "-k", "gthread", "--threads", "2", "--log-level", "warning"]
    with socket.create_server(("127.0.0.1", 0)) as listener:
        bind = ["-b", f"fd://{listener.fileno()}", "--logger-class", "shim.server.log.ServerLog", "shim.wsgi:app"]
        process = subprocess.Popen(
            [*command, *bind],
            pass_fds=[listener.fileno()],
            stderr=subprocess.PIPE,
            bufsize=0,
            env={**os.environ, "SHIM_CONFIG": str(config)},
        )
        with process:
            yield Server(process, listener.getsockname())
            process.terminate()


def test_a_body_that_is_announced_too_large_is_413_and_the_end_of_the_connection(server):
    answer = server.send(f"{HEAD}Content-Length: 33554432\r\n\r\n")
    assert answer.startswith("HTTP/1.1 413 ")
    assert "\r\nConnection: close\r\n" in answer
    assert answer.endswith('{"errors": [{"reason": "Request body is too large"}]}')
    assert server.lines() == []


def test_a_chunked_body_is_read_no_further_than_the_limit(server):
    answer = server.send(f"{CHUNKED}110000\r\n{'x' * 0x110000}\r\n0\r\n\r\n")
    assert answer.startswith("HTTP/1.1 413 ")
    assert server.lines() == []


@pytest.mark.parametrize("chunks", ["zz\r\n", "2\r\n{}x", "-1\r\n", "2;\r\r\n{}", "2\r\n{}\r\n0\r\nbad header\r\n\r\n"])
def test_a_malformed_chunked_body_is_400(server, chunks):
    answer = server.send(f"{CHUNKED}{chunks}")
    assert answer.startswith("HTTP/1.1 400 ")
    assert answer.endswith('{"errors": [{"reason": "Request body is malformed"}]}')
    assert server.lines() == []


@pytest.mark.parametrize("text", [f"{HEAD}Content-Length: 20\r\n\r\n{{", f"{CHUNKED}20\r\n{{"])
@pytest.mark.parametrize("hang_up", [False, True])
def test_a_body_that_is_cut_short_is_400_and_no_line(server, text, hang_up):
    answer = server.send(text, hang_up=hang_up)
    assert hang_up or answer.endswith('{"errors": [{"reason": "Request body was cut short"}]}')
    assert server.lines() == []


@pytest.mark.parametrize(
    ("header", "fault"),
    [
        (f"Authorization {SECRET}", "InvalidHeader"),
        (f"Autho rization: {SECRET}", "InvalidHeaderName"),
        (f"Authorization: {SECRET}\x00", "InvalidHeader"),
        (f"X: y\r\n {SECRET}", "ObsoleteFolding"),
        (f"Transfer-Encoding: {SECRET}", "UnsupportedTransferCoding"),
    ],
    ids=["no colon", "name", "NUL", "folded", "coding"],
)
def test_a_header_that_cannot_be_parsed_is_told_without_its_content(server, header, fault):
    answer = server.send(f"GET /api/version HTTP/1.1\r\nHost: git.example.org\r\n{header}\r\n\r\n")
    assert answer[9:12] in ("400", "501")
    (line,) = server.lines()
    assert (line["message"], line["fault"], line["peer"], line["level"]) == (
        "invalid request",
        fault,
        "127.0.0.1",
        "warning",
    )
    assert SECRET[-20:] not in json.dumps(line)


def test_exceptions_are_told_by_their_names():
    record = logging.LogRecord("gunicorn.error", logging.DEBUG, "", 1, "gone. %s", (ValueError(SECRET),), None)
    assert serverlog.told(record) == {"message": "gone. ValueError"}


@pytest.mark.parametrize("words", [("GET", "/git/api/user?token={}"), ("/git/api/user?a&token={}",)])
def test_targets_are_told_without_their_queries(words):
    """As gunicorn does of requests whose answers can't be sent."""
    parts = tuple(word.format(SECRET) for word in words)
    record = logging.LogRecord("gunicorn.error", logging.ERROR, "", 1, f"Error{' %s' * len(parts)}", parts, None)
    assert serverlog.told(record) == {"message": f"Error {' '.join(words).partition('?')[0]}"}
