"""Who is let in, and what the others are told: in brownouts, after the sunset, after the removal."""

from dataclasses import replace

import pytest

from shim.rest.caller import Caller
from shim.rest.endpoint import Endpoints
from shim.services import discover
from shim.services.dispatch import build
from shim.services.hooks import Refused
from shim.sunset.brownouts import Ends
from shim.sunset.pauses import Pauses
from tests.sunset.kit import Clock, authorized, backends, client, endpoint

TEXT = """
[shim]
origin = https://shim.example.org
brownout-exempt = ann until 2027-01-10T13:00Z, ~bob until 2028-01-01, ann until 2027-01-01
[git.sr.ht::shim]
brownouts = 2027-01-10T12:00Z/2h, 2027-06-29T20:00Z/8h
sunset = 2027-06-30
removal = 2027-12-31
[git.sr.ht::get-version]
brownouts = none
sunset = none
removal = none
"""
BEFORE, BROWNOUT, GONE, REMOVED = (2027, 1, 1), (2027, 1, 10, 12, 30), (2027, 6, 30), (2027, 12, 31)


class Paused(Pauses):
    """Somebody paused some services."""

    def __init__(self, *services):
        super().__init__()
        self._until = dict.fromkeys(services, float("inf"))


def verdict(when, name="eve", text=TEXT, pauses=None, slug="get-repos"):
    """What admit says: False, True for a rehearsal, or the status of the refusal."""
    backend = backends(text)["git"]
    ends = Ends(backend, pauses or Pauses(), Clock(*when))
    try:
        with build(backend).test_request_context("/api/repos"):
            return ends.admit(endpoint(backend, slug), Caller("x", "y", name=name))
    except Refused as refused:
        return getattr(refused.answer, "status", None) or refused.answer.code


def answer(when, path="/api/repos", text=TEXT, method="GET", headers=None):
    headers = authorized("eve") if headers is None else headers
    return client(backends(text)["git"], Clock(*when)).open(path, method=method, headers=headers)


def reason(response):
    (error,) = response.json["errors"]
    assert list(error) == ["reason"]
    return error["reason"]


@pytest.mark.parametrize(
    ("when", "expected"),
    [
        (BEFORE, False),
        ((2027, 1, 10, 11, 59, 59), False),
        ((2027, 1, 10, 12), 410),
        ((2027, 1, 10, 13, 59, 59), 410),
        ((2027, 1, 10, 14), False),
        ((2027, 6, 29, 23), 410),
        (GONE, 410),
        (REMOVED, 404),
    ],
)
def test_time_decides(when, expected):
    assert verdict(when) == expected


def test_a_brownout_is_a_410_in_the_old_shape():
    response = answer(BROWNOUT)
    assert (response.status_code, response.content_type) == (410, "application/json")
    assert reason(response) == (
        "GET /api/repos is switched off until 2027-01-10 14:00 UTC, to warn of its end, before it is gone for good from"
        " 2027-06-30 on. Use the GraphQL API at https://git.example.org/query instead;"
        " https://shim.example.org/migrate/git/get-repos shows how."
    )
    assert response.headers["Retry-After"] == "5400"
    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers.getlist("Link") == [
        '<https://shim.example.org/migrate/git/get-repos>; rel="deprecation"; type="text/html", '
        '<https://shim.example.org/migrate/git/get-repos>; rel="sunset"; type="text/html", '
        '<https://git.example.org/query>; rel="successor-version"'
    ]


def test_the_guide_is_at_the_services_host_where_the_shim_does_not_know_its_own():
    response = answer(GONE, text="[git.sr.ht::get-repos]\nsunset = 2027-06-30\n")
    assert "https://git.example.org/migrate/git/get-repos shows how" in reason(response)


def test_the_last_second_of_a_brownout_is_one_to_wait():
    backend, clock = backends(TEXT)["git"], Clock(*BROWNOUT)
    clock.set(2027, 1, 10, 14)
    clock.now -= 0.001
    assert client(backend, clock).get("/api/repos", headers=authorized("eve")).headers["Retry-After"] == "1"


def test_after_the_sunset_there_is_nothing_to_wait_for():
    text = f"{TEXT}[git.sr.ht::get-repos]\nsuccessor = Repositories\nnote = Ask ~admin.\n"
    response = answer(GONE, text=text)
    assert response.status_code == 410
    assert "Retry-After" not in response.headers
    assert reason(response) == (
        "GET /api/repos is gone for good since 2027-06-30. Use Repositories of the GraphQL API at"
        " https://git.example.org/query instead; https://shim.example.org/migrate/git/get-repos shows how. Ask ~admin."
    )


def test_a_brownout_that_runs_into_the_sunset_promises_no_return():
    response = answer((2027, 6, 29, 23))
    assert (response.status_code, response.headers.get("Retry-After")) == (410, None)


def test_refusals_have_their_link_where_announcements_are_switched_off():
    for when in (BROWNOUT, GONE):
        response = answer(when, text=TEXT.replace("[shim]\n", "[shim]\ndeprecation-headers = no\n"))
        assert len(response.headers.getlist("Link")) == 1
        assert "Sunset" not in response.headers


def test_exemptions_spare_brownouts_until_they_end():
    assert verdict(BROWNOUT, "ann") is False
    assert verdict((2027, 1, 10, 13), "ann") == 410
    assert verdict((2027, 1, 10, 13), "bob") is False
    assert verdict(BROWNOUT, None) == 410


def test_exemptions_do_not_spare_the_sunset():
    assert [verdict(when, "bob") for when in (GONE, REMOVED)] == [410, 404]


def test_a_forged_name_gains_an_ordinary_refusal(script):
    script.steps = [(403, "application/json", '{"errors": [{"message": "Invalid bearer token"}]}')]
    services = f"[git.sr.ht]\norigin = https://git.example.org\napi-origin = {script.origin}\n"
    backend = backends(
        f"{TEXT}[git.sr.ht::get-repos]\nsunset = none\n".replace("[shim]\n", "[shim]\nera = 2024\n"), services
    )
    asked = client(backend["git"], Clock(*BROWNOUT))
    assert asked.get("/api/repos", headers=authorized("eve")).status_code == 410
    assert script.requests == []
    refused = asked.get("/api/repos", headers=authorized("bob"))
    assert (refused.status_code, reason(refused)) == (400, "Invalid or expired OAuth token")


def test_pauses_spare_everybody_but_from_the_removal():
    for services in (("git",), ("",), ("git", "")):
        assert [verdict(when, pauses=Paused(*services)) for when in (BROWNOUT, GONE, REMOVED)] == [False, False, 404]
    assert verdict(BROWNOUT, pauses=Paused("todo")) == 410


def test_a_rehearsal_admits_and_counts_whom_it_would_have_hit():
    text = TEXT.replace("[git.sr.ht::shim]", "[git.sr.ht::shim]\nrehearsal = yes")
    assert [verdict(when, text=text) for when in (BEFORE, BROWNOUT, GONE, REMOVED)] == [False, True, True, True]
    assert verdict(BROWNOUT, "ann", text) is False
    assert verdict(BROWNOUT, text=text, pauses=Paused("git")) is False


def test_who_does_not_say_who_they_are_is_asked_first():
    for when in (BROWNOUT, GONE, REMOVED):
        assert answer(when, headers={}).status_code == 401


def test_what_needs_no_caller_ends_too_unless_it_is_left_out():
    assert answer(BROWNOUT, "/api/version", headers={}).status_code == 200
    ending = TEXT.partition("[git.sr.ht::get-version]")[0]
    assert answer(BROWNOUT, "/api/version", ending, headers={}).status_code == 410


def test_nothing_is_looked_at_where_nothing_ends():
    def clock():
        raise AssertionError

    backend = backends("[shim]\ndeprecated = 2025-01-01\n")["git"]
    assert Ends(backend, Pauses(), clock).admit(endpoint(backend, "get-repos"), Caller("x", "y")) is False


def shape(response):
    allow = response.headers.get("Allow", "")
    unlike = ("X-Request-Id", "Server-Timing", "Allow")
    return (
        response.status_code,
        [pair for pair in response.headers if pair[0] not in unlike],
        sorted(allow.split(", ")),
        response.data,
    )


def requested(rule):
    """A path at which a rule answers."""
    return "/".join({"<u>": "~ann"}.get(part, "1" if part.startswith("<") else part) for part in rule.split("/"))


def without(backend, gone):
    """A service that lacks an endpoint."""
    left = tuple(Endpoints([e for e in group if e is not gone]) for group in backend.service.endpoints)
    return replace(backend, service=replace(backend.service, endpoints=left))


ALL = "".join(f"[{service.name}.sr.ht]\norigin = https://{service.name}.example.org\n" for service in discover())


@pytest.mark.parametrize("name", [service.name for service in discover()])
@pytest.mark.parametrize("catches_all", [True, False])
def test_what_was_removed_is_as_if_it_had_never_been_declared(name, catches_all):
    for gone in backends(services=ALL)[name].service:
        backend = backends(f"[{name}.sr.ht::{gone.slug}]\nremoval = 2027-12-31\n[shim]\ndeprecated = none\n", ALL)[name]
        backend = replace(backend, service=replace(backend.service, catches_all=catches_all))
        removed = client(backend, Clock(*REMOVED))
        absent = client(without(backend, gone), Clock(*REMOVED))
        for path in map(requested, gone.rules):
            told = [shape(c.open(path, method=gone.method, headers=authorized())) for c in (removed, absent)]
            assert told[0] == told[1], (gone.name, path)
