"""Requests that come bit by bit are given to a thread when they are there, and not before."""

from hypothesis import given
from hypothesis import strategies as st

from shim.server.arrival import BODY_SECONDS, BUFFERED, CONTINUE, HEAD_SECONDS, LARGEST_HEAD, Arrival

GET = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"


def post(body, *headers):
    lines = b"".join(line + b"\r\n" for line in headers)
    return b"POST / HTTP/1.1\r\nHost: a\r\n" + lines + b"\r\n" + body


WHOLE = [
    GET,
    post(b"12345", b"Content-Length: 5"),
    post(b"", b"content-length:0"),
    post(b"5\r\nabcde\r\n0\r\n\r\n", b"Transfer-Encoding: chunked"),
    post(b"0\r\n\r\n", b"transfer-encoding: gzip, Chunked"),
]


@given(st.sampled_from(WHOLE), st.lists(st.integers(1, 20)))
def test_it_is_ready_when_all_is_there_however_it_was_cut(request, sizes):
    arrival = Arrival(0)
    rest = request
    for size in sizes:
        if len(rest) <= 7 or size >= len(rest):
            break
        piece, rest = rest[:size], rest[size:]
        assert arrival.feed(piece, 0) == b""
        assert not arrival.is_ready() or len(rest) <= 2
    arrival.feed(rest, 0)
    assert arrival.is_ready()
    assert bytes(arrival.data) == request


def test_what_is_too_much_to_be_kept_is_handed_over_at_once():
    large = Arrival(0)
    large.feed(post(b"", b"Content-Length: %d" % (BUFFERED + 1)), 0)
    assert large.is_ready()
    endless = Arrival(0)
    endless.feed(b"GET / HTTP/1.1\r\nX: " + b"x" * LARGEST_HEAD, 0)
    assert endless.is_ready()
    chunks = Arrival(0)
    chunks.feed(post(b"", b"Transfer-Encoding: chunked") + b"x" * (BUFFERED + 1), 0)
    assert chunks.is_ready()


def test_head_and_body_have_their_own_time():
    arrival = Arrival(100)
    assert arrival.end == 100 + HEAD_SECONDS
    arrival.feed(post(b"", b"Content-Length: 5"), 105)
    assert arrival.end == 105 + BODY_SECONDS


def test_a_client_that_waits_for_leave_to_send_its_body_gets_it():
    assert Arrival(0).feed(post(b"", b"Content-Length: 5", b"Expect: 100-continue"), 0) == CONTINUE
    large = post(b"", b"Content-Length: %d" % (BUFFERED + 1), b"Expect: 100-continue")
    assert Arrival(0).feed(large, 0) == b""
