"""One attempt to deliver, to targets that behave in all ways, over real sockets."""

import gzip
import os
import socket
import struct
import threading
from contextlib import suppress
from ipaddress import ip_network
from pathlib import Path

import pytest

from shim.services.bridge import LARGEST, Record
from shim.services.events import Sender
from shim.webhooks.sending.turns import Turns
from tests.webhooks.certificates import Authority
from tests.webhooks.kit import UUID, Target, answering, delivery, is_signed, resolver

PAYLOAD = b'{"id":74}'
SHORT = 0.2


def send(url, seconds=5.0, sender=Sender.GO, payload=PAYLOAD, **options):
    return delivery(**options).send(url, "repo:update", UUID, payload, sender, seconds)


@pytest.mark.parametrize(
    ("sender", "names"),
    [
        (Sender.GO, "Content-Type X-Payload-Nonce X-Payload-Signature X-Webhook-Delivery X-Webhook-Event"),
        (Sender.PYTHON, "Content-Type X-Webhook-Event X-Webhook-Delivery X-Payload-Signature X-Payload-Nonce"),
    ],
)
def test_a_payload_goes_out_with_the_senders_headers_in_its_order(sender, names):
    with Target(answering(201, b"Thanks", "X-Two: a", "X-Two: b")) as target:
        outcome = send(target.url, sender=sender)
    (received,) = target.received
    told = [key for key, _ in received.headers if key.startswith("X-") or key == "Content-Type"]
    assert told == names.split()
    assert received.line == "POST /hook HTTP/1.1"
    assert is_signed(received)
    assert received.body == PAYLOAD
    assert (received["X-Webhook-Event"], received["X-Webhook-Delivery"]) == ("repo:update", UUID)
    assert received["Content-Type"] == "application/json"
    assert outcome.sent == tuple((key, received[key]) for key in told)
    assert (outcome.status, outcome.body, outcome.failure, outcome.again) == (201, b"Thanks", "", False)
    assert outcome.headers[:2] == (("X-Two", "a"), ("X-Two", "b"))
    record = outcome.record()
    assert (record.status, record.text) == (201, "Thanks")
    assert record.headers == "X-Two: a\nX-Two: b\nContent-Length: 6\nConnection: close"
    assert record.sent.splitlines() == [f"{key}: {received[key]}" for key in told]


def test_standard_headers_come_behind_the_old_ones():
    with Target() as target:
        send(target.url, standard=True)
    names = [key for key, _ in target.received[0].headers]
    assert names.index("X-Webhook-Event") < names.index("webhook-id") < names.index("webhook-signature")
    assert target.received[0]["webhook-id"] == UUID


def test_nothing_else_is_told_and_nothing_is_read_from_the_environment(monkeypatch, tmp_path):
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login me password hunter2\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    with Target(answering(200, b"", "Set-Cookie: a=b; Path=/")) as target:
        one = delivery()
        for _ in range(2):
            assert one.send(target.url, "e", UUID, PAYLOAD).status == 200
    names = {key.lower() for request in target.received for key, _ in request.headers}
    assert names - {"host", "user-agent", "accept-encoding", "content-length", "content-type"} == {
        "x-payload-nonce",
        "x-payload-signature",
        "x-webhook-delivery",
        "x-webhook-event",
    }
    assert target.received[0]["Accept-Encoding"] == "identity"
    assert target.connections == 2


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_an_answer_and_is_never_followed(status):
    with Target() as second, Target(answering(status, b"there", f"Location: {second.url}")) as target:
        outcome = send(target.url)
    assert (outcome.status, outcome.body, outcome.again) == (status, b"there", False)
    assert (target.connections, second.connections) == (1, 0)


def endless(head=b"HTTP/1.1 200 OK\r\n\r\n", piece=b"x" * 65536, ended=None):
    """A target that writes until it is cut off, at most a gigabyte."""

    def step(connection):
        try:
            connection.sendall(head)
            for _ in range(2**30 // len(piece)):
                connection.sendall(piece)
        except OSError:
            if ended:
                ended.set()

    return step


@pytest.mark.parametrize(
    "head",
    [
        b"HTTP/1.1 200 OK\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 1073741824\r\n\r\n",
        b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:9/\r\nContent-Length: 1073741824\r\n\r\n",
    ],
)
def test_of_a_gigabyte_the_beginning_is_kept_and_the_rest_not_waited_for(head):
    ended = threading.Event()
    with Target(endless(head, ended=ended)) as target:
        outcome = send(target.url)
        assert ended.wait(10)
    assert outcome.body == b"x" * LARGEST
    assert outcome.failure == ""
    assert len(outcome.record().write()) <= LARGEST


def test_nothing_is_inflated():
    bomb = gzip.compress(bytes(10**7))
    with Target(answering(200, bomb, "Content-Encoding: gzip")) as target:
        outcome = send(target.url)
    assert outcome.body == bomb
    assert outcome.record().text is None


def hang(connection):
    connection.recv(1)


def reset(connection):
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def dripping(before, piece):
    """A target that writes something, and then a little again and again, as long as it is listened to."""

    def step(connection):
        connection.sendall(before)
        connection.settimeout(0.01)
        while True:
            connection.sendall(piece)
            try:
                if not connection.recv(1):
                    return
            except TimeoutError:
                continue

    return step


@pytest.mark.parametrize(
    "step",
    [
        hang,
        dripping(b"", b"H"),
        dripping(b"HTTP/1.1 200 OK\r\nX: ", b"y"),
        dripping(b"HTTP/1.1 200 OK\r\n", b"X: y\r\n"),
        dripping(b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    ],
    ids=["nothing", "status", "header", "headers", "continue"],
)
def test_a_target_that_does_not_come_to_an_answer_is_given_up(step):
    with Target(step) as target:
        outcome = send(target.url, SHORT)
    assert outcome.status is None
    assert outcome.failure in ("timeout", "broken")  # more than a hundred headers are not read at all
    assert outcome.again


def test_the_record_of_a_timeout_is_that_of_old():
    with Target(hang) as target:
        outcome = send(target.url, SHORT)
    assert outcome.failure == "timeout"
    assert (outcome.record().status, outcome.record().text) == (-1, "Request timed out after 5 seconds.")
    assert "X-Payload-Nonce: " in outcome.record().sent


@pytest.mark.parametrize("head", [b"HTTP/1.1 202 OK\r\n\r\n", b"HTTP/1.1 202 OK\r\nTransfer-Encoding: chunked\r\n\r\n"])
def test_of_a_body_that_does_not_end_in_time_what_came_is_kept(head):
    with Target(dripping(head, b"1\r\nz\r\n")) as target:
        outcome = send(target.url, SHORT)
    assert (outcome.status, outcome.failure, outcome.again) == (202, "", False)
    assert b"z" in outcome.body


@pytest.mark.parametrize(
    ("step", "failure"),
    [
        (reset, "broken"),
        (lambda connection: None, "broken"),
        (lambda connection: connection.sendall(b"\x00\xff garbage\r\n\r\n"), "broken"),
        (lambda connection: connection.sendall(b"HTTP/1.1 abc\r\n\r\n"), "broken"),
        (lambda connection: connection.sendall(b"HTTP/1.1 200 OK\r\nX: " + b"y" * 70000 + b"\r\n\r\n"), "broken"),
        (lambda connection: connection.sendall(b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 200 + b"\r\n"), "broken"),
        (endless(b"", b"garbage"), "broken"),
    ],
    ids=["reset", "closed", "garbage", "status", "line", "headers", "endless"],
)
def test_what_is_no_answer_is_told_as_that(step, failure):
    with Target(step) as target:
        outcome = send(target.url)
    assert (outcome.status, outcome.failure, outcome.again) == (None, failure, True)
    assert outcome.record() == Record(-2, None, None, outcome.record().sent)


def test_half_a_body_is_kept_with_its_status():
    def step(connection):
        connection.sendall(b"HTTP/1.1 500 No\r\nContent-Length: 10\r\n\r\nhalf")
        reset(connection)

    with Target(step) as target:
        outcome = send(target.url)
    assert (outcome.status, outcome.failure) == (500, "")


def test_odd_headers_of_an_answer_are_kept_within_bounds_and_not_logged(caplog):
    lines = ["no header at all", "X: \xff\x01"] + [f"Y{n}: {'z' * 1000}" for n in range(50)]

    def step(connection):
        connection.sendall("\r\n".join(["HTTP/1.1 200 OK", *lines, "", "ok"]).encode("latin-1"))

    with Target(step) as target:
        outcome = send(f"{target.url}?token=hunter2")
    assert outcome.status == 200
    assert len(outcome.record().headers) <= 8192
    assert len(outcome.record().write()) <= LARGEST
    assert "hunter2" not in caplog.text


@pytest.mark.parametrize(
    ("status", "again"),
    [(200, False), (204, False), (404, False), (410, False), (408, False), (429, True), (500, False), (503, True)],
)
def test_which_answers_another_attempt_may_better(status, again):
    with Target(answering(status, b"")) as target:
        outcome = send(target.url)
    assert (outcome.status, outcome.again, outcome.gone) == (status, again, status == 410)


@pytest.mark.parametrize(
    ("told", "seconds"),
    [
        ("120", 120.0),
        (" 0 ", 0.0),
        ("9" * 400, 86400.0),
        ("Thu, 01 Jan 1970 00:02:00 GMT", 120.0),
        ("Thu, 01 Jan 1970 00:02:00 -0000", 120.0),
        ("Wed, 31 Dec 1969 00:00:00 GMT", 0.0),
        ("\u00b2", None),
        ("soon", None),
        ("-5", None),
        ("Thu, 01 Jan 99999 00:00:00 GMT", None),
    ],
)
def test_how_long_a_target_wants_to_be_left_alone(told, seconds):
    with Target(lambda c: c.sendall(f"HTTP/1.1 503 No\r\nRetry-After: {told}\r\n\r\n".encode("latin-1"))) as target:
        assert send(target.url).retry_after(0.0) == seconds


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (b"Thanks \xe2\x9c\x93", "Thanks \u2713"),
        (b"\xff", None),
        (b"", ""),
        (b"cut \xe2\x9c", None),
        (b"x" * (LARGEST - 1) + "\u2713".encode(), "x" * (LARGEST - 1)),
    ],
)
def test_the_record_has_the_text_of_an_answer_that_is_one(body, text):
    with Target(answering(200, body)) as target:
        assert send(target.url).record().text == text


def test_nobody_there_is_told_as_that():
    with Target() as target:
        pass
    outcome = send(target.url)
    assert (outcome.failure, outcome.again, outcome.record().status) == ("unreachable", True, -2)


def test_the_address_that_was_looked_at_is_the_one_that_is_connected_to():
    with Target() as target, Target(address="127.0.0.2") as other:
        changing = resolver(["127.0.0.1"], ["127.0.0.2"])
        first = send(f"http://changing.example:{target.port}/", resolver=changing, networks=[ip_network("127.0.0.1")])
        second = send(f"http://changing.example:{other.port}/", resolver=changing, networks=[ip_network("127.0.0.1")])
    assert (first.status, second.failure) == (200, "refused address")
    assert (target.connections, other.connections) == (1, 0)
    assert target.received[0]["Host"] == f"changing.example:{target.port}"


def test_of_several_addresses_those_that_are_not_allowed_are_not_tried():
    with Target() as target, Target(address="127.0.0.2") as other:
        both = resolver(["127.0.0.2", "::ffff:127.0.0.2", "127.0.0.1"])
        ports = {target.port, other.port}
        for port in ports:
            send(f"http://both.example:{port}/", resolver=both, networks=[ip_network("127.0.0.1")])
    assert (target.connections, other.connections) == (1, 0)


def test_a_host_is_reached_at_another_address_where_the_first_is_dead():
    with Target() as target:
        outcome = send(f"http://h.example:{target.port}/", resolver=resolver(["::1", "127.0.0.1"]))
    assert outcome.status == 200


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "2130706433", "127.1", "0", "[::1]", "[::ffff:127.0.0.1]", "[::]"]
)
def test_nothing_of_this_machine_is_reached_unless_it_is_allowed(host):
    with Target() as target:
        outcome = send(f"http://{host}:{target.port}/", networks=())
    assert outcome.failure in ("refused address", "unresolved")
    assert target.connections == 0


def test_a_lookup_that_hangs_ends_with_the_attempt():
    free = threading.Event()

    class Hanging:
        def addresses(self, host, port, seconds):
            free.wait(seconds)
            raise TimeoutError

    assert send("http://h.example/", 0.01, resolver=Hanging()).failure == "unresolved"


@pytest.mark.parametrize(
    "url",
    [
        "",
        "nothing",
        "ftp://127.0.0.1/",
        "file:///etc/passwd",
        "gopher://127.0.0.1:70/x",
        "http://",
        "http:///path",
        "http://[::1/",
        "http://127.0.0.1:99999/",
        "http://127.0.0.1:port/",
        "http://*.example/",
        "http+unix://%2Frun%2Fsock/",
        "http://a b/",
        "javascript:alert(1)",
        "http://\udce4/",
    ],
)
def test_a_url_that_can_not_be_asked_is_told_as_that(url):
    outcome = send(url, resolver=resolver(["127.0.0.1"]), networks=())
    assert outcome.status is None
    assert outcome.failure in ("bad url", "refused address")
    assert outcome.record().status == -2


def test_credentials_in_a_url_are_sent_and_told_to_nobody_else(caplog):
    with Target() as target:
        outcome = send(target.url.replace("http://", "http://me:hunter2@"))
    assert target.received[0]["Authorization"] == "Basic bWU6aHVudGVyMg=="
    assert "bWU6aHVudGVyMg" not in repr(outcome)
    failed = send(f"http://me:hunter2@127.0.0.1:{target.port}/")
    assert "hunter2" not in caplog.text + repr(failed) + repr(outcome)


def test_what_is_asked_for_can_not_smuggle_headers():
    with Target() as target:
        outcome = send(f"http://127.0.0.1:{target.port}/a\r\nX-Evil: 1\r\n\r\n?b=\r\nX: y")
    names = [key for request in target.received for key, _ in request.headers]
    assert outcome.status == 200
    assert "X-Evil" not in names


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    """An authority of certificates."""
    return Authority(tmp_path)


@pytest.mark.parametrize(
    ("host", "trusted", "failure"),
    [("target.example", True, ""), ("other.example", True, "tls"), ("target.example", False, "tls")],
)
def test_a_certificate_must_be_the_targets_though_its_address_is_connected_to(authority, host, trusted, failure):
    tls = authority.server("target.example")
    asked = []
    tls.sni_callback = lambda connection, name, context: asked.append(name)
    with Target(tls=tls) as target:
        options = {"resolver": resolver(["127.0.0.1"]), "authorities": str(authority.path) if trusted else None}
        outcome = send(f"https://{host}:{target.port}/hook", **options)
    assert outcome.failure == failure
    assert asked == [host]
    assert len(target.received) == (not failure)
    if not failure:
        assert is_signed(target.received[0])
        assert target.received[0]["Host"] == f"{host}:{target.port}"


def test_a_handshake_that_hangs_ends_with_the_attempt():
    with Target(hang) as target:
        outcome = send(f"https://127.0.0.1:{target.port}/", SHORT)
    assert outcome.failure in ("unreachable", "tls", "broken")
    assert target.received == []


def test_a_large_payload_that_is_not_taken_ends_with_the_attempt():
    listening = socket.create_server(("127.0.0.1", 0))
    with listening:
        url = f"http://127.0.0.1:{listening.getsockname()[1]}/"
        outcome = send(url, SHORT, payload=b"x" * 2**24)
    assert outcome.failure == "timeout"


def test_a_large_payload_arrives_whole(authority):
    payload = os.urandom(3 * 2**20)
    with Target(tls=authority.server("h.example")) as target:
        url = f"https://h.example:{target.port}/"
        outcome = send(url, payload=payload, resolver=resolver(["127.0.0.1"]), authorities=str(authority.path))
    assert outcome.status == 200
    assert target.received[0].body == payload


def test_a_host_that_hangs_takes_no_more_than_its_share_of_turns():
    free, begun = threading.Event(), threading.Semaphore(0)

    def waiting(connection):
        begun.release()
        free.wait()
        answering()(connection)

    with Target(waiting) as target, Target() as other:
        one = delivery(turns=Turns(3, 2), resolver=resolver(["127.0.0.1"]))
        urls = [f"http://slow.example:{target.port}/"] * 2
        threads = [threading.Thread(target=one.send, args=(url, "e", UUID, PAYLOAD)) for url in urls]
        for thread in threads:
            thread.start()
            assert begun.acquire(timeout=5)
        assert one.send(urls[0], "e", UUID, PAYLOAD).failure == "busy"
        assert one.send(urls[0].replace("slow", "SLOW"), "e", UUID, PAYLOAD).failure == "busy"
        assert one.send(other.url, "e", UUID, PAYLOAD).status == 200
        free.set()
        for thread in threads:
            thread.join()
        assert one.send(urls[0], "e", UUID, PAYLOAD).status == 200
    assert target.connections == 3


def test_a_user_takes_no_more_than_a_share_of_turns_whatever_the_hosts():
    turns = Turns(3, 2)
    with turns.of("a", "jdoe") as first, turns.of("b", "jdoe") as second, turns.of("c", "jdoe") as third:
        assert (first, second, third) == (True, True, False)
        with turns.of("c", "alice") as other:
            assert other
    with turns.of("c", "jdoe") as again:
        assert again


def test_no_more_than_all_turns_whatever_the_hosts():
    turns = Turns(2, 2)
    with turns.of("a") as first, turns.of("b") as second, turns.of("c") as third:
        assert (first, second, third) == (True, True, False)
    with turns.of("c") as again:
        assert again


def test_no_connection_is_left_open():
    steps = [answering(), hang, reset, endless(), lambda connection: connection.sendall(b"garbage\r\n\r\n")]
    with Target(*steps, answering()) as target:
        for _ in steps:
            send(target.url, SHORT)
        open_ones = [number for number in os.listdir("/proc/self/fd") if _is_to(number, target.port)]
    assert open_ones == []


def test_a_connection_that_is_open_would_be_seen():
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        with socket.create_connection(("127.0.0.1", port)) as client:
            assert _is_to(client.fileno(), port)
        assert not _is_to(server.fileno(), port)


def _is_to(number, port):
    """Whether a descriptor of this process is a connection to a port. It is copied only where it is a socket: whoever
    reads from a pipe whose other end is copied waits for ever.
    """
    with suppress(OSError):
        if os.readlink(f"/proc/self/fd/{number}").startswith("socket:"):
            with socket.socket(fileno=os.dup(int(number))) as found:
                return found.family == socket.AF_INET and found.getpeername()[1] == port
    return False
