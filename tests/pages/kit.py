"""The shim's own pages over a store that was filled by hand."""

from __future__ import annotations

from base64 import b64encode

from flask.testing import FlaskClient

from shim.config import parse
from shim.pages import Site, build
from shim.services import discover
from shim.services.backend import Backend
from shim.upstream import Local
from tests.conftest import NETWORK_KEY
from tests.usage.kit import HOUR, NOW, lose, put

PASSWORD = "correct horse: battery ünd staple"
DAY = 24 * HOUR
CLOCK = NOW + 1800
BAD = "<script>alert(1)</script>"
FORMULA = "=cmd|'/c calc'!A1"
PLAIN = f"""
[sr.ht]
network-key = {NETWORK_KEY}
[shim]
dashboard-password = {PASSWORD}
[git.sr.ht]
origin = https://git.example.org
[hg.sr.ht]
origin = https://hg.example.org
[todo.sr.ht]
origin = https://todo.example.org
"""
ENDS = """
[git.sr.ht::shim]
sunset = 2027-03-01
removal = 2027-06-01
owner = ~admin
brownouts = 2027-01-10T12:00Z/12h, 2027-02-10T12:00Z/1d
[git.sr.ht::get-repos-r-refs]
sunset = 2027-02-01
[todo.sr.ht::shim]
sunset = 2028-01-01
rehearsal = yes
brownouts = 2027-01-13T08:00Z/10h
[shim]
brownout-exempt = alice until 2027-02-01
"""
ODD = """
[git.sr.ht::shim]
successor = Repositories
note = Ask <b>us</b> first.
"""


def site(store, more="", now=None):
    """A site of three services; `more` is added to the configuration."""
    config = parse(PLAIN + more, "the test's configuration")
    backends = [Backend.build(service, config, Local()) for service in discover() if service.name in config.services]
    return Site(config, {backend.service.name: backend for backend in backends}, store, now or (lambda: CLOCK))


def client(store, more="", password=PASSWORD, now=None) -> FlaskClient:
    """Somebody who reads the pages, with the password unless it is empty."""
    reader = build(site(store, more, now)).test_client()
    if password:
        reader.environ_base["HTTP_AUTHORIZATION"] = basic(password)
    return reader


def basic(password, user="anybody"):
    """The header with which a browser sends a password."""
    return "Basic " + b64encode(f"{user}:{password}".encode()).decode()


def fill(store):
    """A month of calls: busy and idle endpoints, several programs, a weekend now and then."""
    for day in range(30):
        hour, weekend = NOW - day * DAY, day % 7 in (2, 3)
        put(
            store,
            {"hour": hour, "caller": "alice", "calls": 40 + 7 * (day % 5)},
            {"hour": hour - HOUR, "caller": "ci.bot", "agent": "curl/8.5.0", "endpoint": "get-repos-r-refs"}
            | {"calls": 12 if weekend else 180 - day, "upstream_calls": 300, "bytes": 90_000},
            {"hour": hour, "caller": "bob", "service": "todo", "endpoint": "get-trackers-t-tickets"}
            | {"calls": 2 if weekend else 25, "agent": "python-requests/2.31.0", "rehearsed": 2},
        )
    put(
        store,
        {"caller": "alice", "endpoint": "put-repos-r", "status": "4xx", "calls": 3, "refused": 3},
        {"caller": "", "agent": "", "authorization_kind": "none", "calls": 9, "endpoint": "get-version"},
        {"caller": "(other)", "agent": "(other)", "calls": 4},
        {"caller": "hash:0123456789abcdef0123456789abcdef", "calls": 6, "endpoint": "get-user"},
    )
    lose(store, NOW, "store", 12)
    lose(store, NOW, "full", 1)


def spoil(store):
    """Names that want to be HTML, a formula or a suffix, and an endpoint that is no more."""
    put(
        store,
        {"caller": BAD, "agent": BAD, "calls": 5, "endpoint": "get-repos-r-log", "authorization_kind": "unverified"},
        {"caller": FORMULA, "agent": FORMULA, "calls": 2},
        {"caller": "web.json", "calls": 1},
        {"caller": "alice", "endpoint": "get-gone", "calls": 1},
    )
