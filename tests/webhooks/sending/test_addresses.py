"""Which addresses a target may have."""

import threading
from ipaddress import ip_address, ip_network

import pytest

from shim.parsers import networks
from shim.webhooks.sending.addresses import Resolver, Unresolved, allowed
from tests.webhooks.kit import resolver

NOT_PUBLIC = {
    "unspecified": ["0.0.0.0", "::"],  # noqa: S104
    "this network": ["0.1.2.3", "0.255.255.255"],
    "loopback": ["127.0.0.1", "127.255.255.254", "::1"],
    "private": ["10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "fc00::1", "fd12:3456::1"],
    "link-local": ["169.254.0.1", "fe80::1", "fe80::1%1", "febf::1"],
    "metadata": ["169.254.169.254", "fd00:ec2::254", "192.0.0.192", "100.100.100.200"],
    "carriers": ["100.64.0.1", "100.127.255.255"],
    "multicast": ["224.0.0.1", "239.255.255.255", "ff02::1", "ff0e::1"],
    "broadcast": ["255.255.255.255"],
    "reserved": ["240.0.0.1", "192.0.0.1", "198.18.0.1", "5f00::1", "4000::1", "e000::1", "100::1"],
    "documentation": ["192.0.2.1", "198.51.100.1", "203.0.113.1", "2001:db8::1", "3fff::1"],
    "sites": ["fec0::1", "feff::1"],
    "mapped": ["::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "::ffff:0.0.0.0", "::ffff:224.0.0.1"],
    "compatible": ["::127.0.0.1", "::7f00:1", "::10.0.0.1"],
    "translated": ["::ffff:0:127.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a00:1", "64:ff9b:1::7f00:1", "64:ff9b::808:808"],
    "6to4": ["2002:7f00:1::", "2002:a9fe:a9fe::1", "192.88.99.1"],
    "teredo": ["2001:0:7f00:1::1", "2001::f5ff:fffe"],
    "overlay": ["2001:20::1", "2001:2f:ffff::1"],
}
CASES = [(kind, address) for kind, addresses in NOT_PUBLIC.items() for address in addresses]
PUBLIC = ["1.1.1.1", "8.8.8.8", "172.32.0.1", "100.128.0.1", "169.253.0.1", "2606:4700::1111", "2a00:1450::1"]


@pytest.mark.parametrize(("kind", "address"), CASES)
def test_what_is_not_public_is_refused(kind, address):
    assert not allowed(ip_address(address))


@pytest.mark.parametrize("address", [*PUBLIC, "::ffff:8.8.8.8"])
def test_what_is_public_is_not(address):
    assert allowed(ip_address(address))


@pytest.mark.parametrize(("kind", "address"), CASES)
def test_the_operator_may_allow_any_network(kind, address):
    assert allowed(ip_address(address), [ip_network("0.0.0.0/0"), ip_network("::/0")])


def test_only_the_networks_that_the_operator_allows():
    own = networks("10.1.0.0/16, ::ffff:10.2.0.0/112, fd00:1::/32")
    assert allowed(ip_address("10.1.2.3"), own)
    assert allowed(ip_address("::ffff:10.1.2.3"), own)
    assert allowed(ip_address("10.2.0.1"), own)
    assert allowed(ip_address("fd00:1::1"), own)
    assert not allowed(ip_address("10.3.0.1"), own)
    assert not allowed(ip_address("fd00:2::1"), own)
    assert not allowed(ip_address("::10.1.2.3"), own)


def test_a_refusal_is_not_logged(caplog):
    assert not allowed(ip_address("10.0.0.1"))
    assert caplog.records == []


def test_each_address_comes_once_in_the_systems_order():
    found = resolver(["8.8.8.8", "1.1.1.1", "8.8.8.8"]).addresses("h", 80, 5)
    assert list(map(str, found)) == ["8.8.8.8", "1.1.1.1"]


@pytest.mark.parametrize("name", ["2130706433", "0x7f000001", "0177.0.0.1", "127.1", "127.0.0.1"])
def test_other_spellings_of_an_address_are_that_address(name):
    assert Resolver().addresses(name, 80, 5) == [ip_address("127.0.0.1")]


def test_an_address_is_not_looked_up_however_little_time_there_is():
    nobody = Resolver(lambda host, port: [], most=0)
    assert nobody.addresses("127.0.0.1", 80, 0) == [ip_address("127.0.0.1")]
    assert nobody.addresses("::1", 80, 0) == [ip_address("::1")]


@pytest.mark.parametrize("name", ["a" * 64 + ".example", "", "..", "h\0h", "\udce4"])
def test_what_is_no_name_has_no_address(name):
    with pytest.raises(Unresolved):
        Resolver(lambda host, port: [str(host.encode("idna"))]).addresses(name, 80, 5)


def test_lookups_that_hang_are_not_waited_for_and_not_without_number():
    free, begun = threading.Event(), threading.Semaphore(0)

    def hanging(host, port):
        begun.release()
        free.wait()
        return ["8.8.8.8"]

    hangs = Resolver(hanging, most=2)
    for _ in range(3):
        with pytest.raises(Unresolved):
            hangs.addresses("h", 80, 0.01)
    assert begun.acquire(timeout=5)
    assert begun.acquire(timeout=5)
    assert not begun.acquire(blocking=False)
    free.set()
    assert hangs.addresses("h", 80, 5) == [ip_address("8.8.8.8")]
