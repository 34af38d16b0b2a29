"""Who is at the other end, and who may therefore be Internal (conventions 4.5, 16.5)."""

from __future__ import annotations

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shim.crypto import internal_authorization
from shim.parsers import networks
from shim.rest.peer import peer_of
from tests.conftest import NETWORK_KEY
from tests.toy import client

PROXIES = networks("127.0.0.1, 10.0.0.0/24, 2001:db8::1")
UNKNOWN = None


def peer(remote="127.0.0.1", proxies=PROXIES, **headers):
    environ = {f"HTTP_{name.upper()}": value for name, value in headers.items()}
    found = peer_of({"REMOTE_ADDR": remote, **environ}, proxies)
    return found and str(found)


@pytest.mark.parametrize(
    ("remote", "seen"),
    [("192.0.2.1", "192.0.2.1"), ("::ffff:192.0.2.1", "192.0.2.1"), ("::1", "::1"), ("", None), ("unix:", None)],
)
def test_without_a_header_it_is_the_connections(remote, seen):
    assert peer(remote) == seen
    assert peer(remote, ()) == seen


@pytest.mark.parametrize("seen", ["fe80::1%eth0", "fe80::1%a b", "[fe80::1%eth0]:4711", "fe80::1"])
def test_the_name_of_an_interface_is_no_part_of_an_address(seen):
    assert peer(seen) == "fe80::1"
    assert peer(x_forwarded_for=seen) == peer(forwarded=f'for="{seen}"') == "fe80::1"


@pytest.mark.parametrize("header", ["x_forwarded_for", "forwarded", "x_real_ip"])
@pytest.mark.parametrize("value", ["192.0.2.1", "for=192.0.2.1", "", "127.0.0.1", "for=127.0.0.1"])
def test_a_header_of_nobody_trusted_makes_it_unknown(header, value):
    assert peer("192.0.2.9", **{header: value}) is UNKNOWN
    assert peer("127.0.0.1", (), **{header: value}) is UNKNOWN


@pytest.mark.parametrize(
    ("header", "seen"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("198.51.100.1, 192.0.2.1", "192.0.2.1"),
        ("127.0.0.1,192.0.2.1", "192.0.2.1"),
        ("192.0.2.1, 10.0.0.3", "192.0.2.1"),
        ("garbage, 192.0.2.1, 10.0.0.3", "192.0.2.1"),
        ("192.0.2.1:4711", "192.0.2.1"),
        ("[2001:db8::7]:4711", "2001:db8::7"),
        ("2001:db8::7, 2001:db8::1", "2001:db8::7"),
        ("::ffff:192.0.2.1, ::ffff:10.0.0.3", "192.0.2.1"),
        ("10.0.0.4, 10.0.0.3", "10.0.0.4"),
        ("", UNKNOWN),
        (",", UNKNOWN),
        ("192.0.2.1,", UNKNOWN),
        ("unknown", UNKNOWN),
        ("192.0.2.1, garbage", UNKNOWN),
        ("192.0.2.1 10.0.0.3", UNKNOWN),
        ("192.0.2.1," + "10.0.0.3," * 300 + "10.0.0.3", UNKNOWN),
    ],
)
def test_a_trusted_proxy_says_who_called_it(header, seen):
    assert peer(x_forwarded_for=header) == seen


@pytest.mark.parametrize(
    ("header", "seen"),
    [
        ("for=192.0.2.1", "192.0.2.1"),
        ("For=192.0.2.1;proto=https;by=10.0.0.3", "192.0.2.1"),
        ('for=127.0.0.1, proto=http ; for="[2001:db8::7]:4711"', "2001:db8::7"),
        ("for=192.0.2.1, for=10.0.0.3", "192.0.2.1"),
        ("proto=https", UNKNOWN),
        ("for=_hidden", UNKNOWN),
        ('for="192.0.2.1, for=10.0.0.9"', UNKNOWN),
        ("", UNKNOWN),
    ],
)
def test_a_trusted_proxy_says_so_in_the_standard_header_too(header, seen):
    assert peer(forwarded=header) == seen


def test_one_of_two_headers_may_be_the_clients():
    assert peer(x_forwarded_for="192.0.2.1", forwarded="for=127.0.0.1") is UNKNOWN


def test_a_trusted_proxy_that_names_another_header_says_nothing():
    assert peer(x_real_ip="192.0.2.1") is UNKNOWN


@given(st.text(max_size=80), st.sampled_from(["x_forwarded_for", "forwarded"]))
def test_any_header_is_read_or_not(text, header):
    """Whatever the client wrote, only the proxy's own entry behind it counts."""
    assert peer(**{header: text}) is None or ipaddress.ip_address(peer(**{header: text}))
    entry = "192.0.2.1" if header == "x_forwarded_for" else "for=192.0.2.1"
    assert peer(**{header: f"{text}, {entry}"}) == "192.0.2.1"


def test_networks_of_mapped_addresses_are_the_plain_ones():
    assert [str(n) for n in networks("::ffff:10.0.0.0/104, ::ffff:192.0.2.1, ::/0")] == [
        "10.0.0.0/8",
        "192.0.2.1/32",
        "::/0",
    ]


@pytest.mark.parametrize("name", ["Authorization", "X-Srht-Authorization"])
@pytest.mark.parametrize(
    ("proxies", "remote", "headers", "status"),
    [
        ("", "127.0.0.1", {}, 200),
        ("", "::ffff:127.0.0.1", {}, 200),
        ("", "127.0.0.1", {"X-Forwarded-For": "127.0.0.1"}, 403),
        ("", "127.0.0.1", {"Forwarded": "for=127.0.0.1"}, 403),
        ("127.0.0.1", "127.0.0.1", {"X-Forwarded-For": "192.0.2.1"}, 403),
        ("127.0.0.1", "127.0.0.1", {"X-Forwarded-For": "127.0.0.1, 192.0.2.1"}, 403),
        ("127.0.0.1", "127.0.0.1", {"X-Forwarded-For": "127.0.0.1"}, 200),
        ("127.0.0.1", "127.0.0.1", {"X-Forwarded-For": "192.0.2.1, 127.0.0.1"}, 403),
        ("127.0.0.1", "127.0.0.1", {}, 200),
        ("10.0.0.1", "10.0.0.1", {}, 403),
        ("10.0.0.1", "10.0.0.1", {"X-Forwarded-For": "127.0.0.9"}, 200),
    ],
)
def test_internal_callers_are_told_by_their_address(name, proxies, remote, headers, status):
    sealed = internal_authorization(NETWORK_KEY, "jdoe")
    value = f"Internal {sealed}" if name == "Authorization" else sealed
    app = client(internal_ipnet=networks("127.0.0.0/8"), trusted_proxies=networks(proxies))
    answer = app.get("/api/free", headers={**headers, name: value}, environ_overrides={"REMOTE_ADDR": remote})
    assert answer.status_code == status
