"""The era probe (design D5, conventions 11)."""

import threading

import pytest

from shim.crypto import BearerToken
from shim.upstream import Deadline, Kind, UpstreamError
from shim.upstream.era import Era, era_of
from shim.upstream.result import Result
from tests.conftest import WEBHOOK_KEY
from tests.toy import client

AUTHORIZED = {"Authorization": f"token {BearerToken(4102444800, '', '', 'jdoe').mint(WEBHOOK_KEY)}"}
OLD = {"__type": {"fields": [{"name": "major"}, {"name": "minor"}]}}
NEW = {"__type": {"fields": [{"name": "major"}, {"name": "buildVersion"}]}}
THING = {"data": {"owner": {"thing": {"id": 1, "name": "x"}}}}


@pytest.mark.parametrize(("data", "era"), [(OLD, "2024"), (NEW, "2026")])
def test_a_build_version_means_2026(data, era):
    assert era_of(Result(data)) == era


def test_an_answer_without_the_type_shows_nothing():
    with pytest.raises(UpstreamError):
        era_of(Result({"__type": None}))


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        ({"data": {"__type": None}}, 502),
        ({"data": {"__type": {"fields": None}}}, 502),
        ({"data": None, "errors": [{"message": "introspection disabled"}]}, 502),
        ({"data": None, "errors": [{"message": "context deadline exceeded"}]}, 504),
        ({"data": None, "errors": [{"message": "x", "extensions": {"code": "ERR_UNAUTHORIZED"}}]}, 400),
        ({"data": None, "errors": [{"message": "x", "extensions": {"code": "GRAPHQL_VALIDATION_FAILED"}}]}, 500),
    ],
)
def test_a_probe_that_shows_nothing_is_answered_like_any_failure(script, answer, status):
    script.steps = [answer]
    found = client(script.origin, era="auto").get("/api/~a/things/x", headers=AUTHORIZED)
    assert (found.status_code, found.content_type) == (status, "application/json")
    assert len(script.requests) == 1


def test_the_probe_is_sent_once_with_the_first_callers_credential(script):
    script.steps = [{"data": NEW}, THING]
    shim = client(script.origin, era="auto")
    for _ in range(3):
        assert shim.get("/api/~a/things/x", headers=AUTHORIZED).status_code == 200
    assert [sent["operationName"] for sent in script.asked] == ["Era", "Thing", "Thing", "Thing"]


def test_a_configured_era_is_not_probed(script):
    script.steps = [THING]
    client(script.origin, era="2026").get("/api/~a/things/x", headers=AUTHORIZED)
    assert [sent["operationName"] for sent in script.asked] == ["Thing"]


def test_a_failed_probe_is_tried_again(script):
    script.steps = [(502, "text/html", "x"), {"data": OLD}, THING]
    shim = client(script.origin, era="auto")
    assert shim.get("/api/~a/things/x", headers=AUTHORIZED).status_code == 502
    assert shim.get("/api/~a/things/x", headers=AUTHORIZED).status_code == 200


def test_an_operation_that_is_not_understood_makes_it_probe_again(script):
    refusal = '{"errors": [{"message": "x", "extensions": {"code": "GRAPHQL_VALIDATION_FAILED"}}]}'
    script.steps = [{"data": OLD}, (422, "application/json", refusal), {"data": NEW}, THING]
    shim = client(script.origin, era="auto")
    assert shim.get("/api/~a/things/x", headers=AUTHORIZED).status_code == 500
    assert shim.get("/api/~a/things/x", headers=AUTHORIZED).status_code == 200
    assert [sent["operationName"] for sent in script.asked] == ["Era", "Thing", "Era", "Thing"]


def test_forgetting_returns_to_the_configuration():
    era = Era(None)
    assert era.get(lambda: Result(OLD), Deadline(5)) == "2024"
    era.forget()
    assert era.get(lambda: Result(NEW), Deadline(5)) == "2026"
    fixed = Era("2024")
    fixed.forget()
    assert fixed.get(lambda: Result(NEW), Deadline(5)) == "2024"


class Slow:
    """A probe that lasts until it is told what to answer."""

    def __init__(self, outcome):
        self.outcome, self.asked = outcome, 0
        self.begun, self.go = threading.Event(), threading.Event()

    def __call__(self):
        self.asked += 1
        self.begun.set()
        self.go.wait(5)
        if isinstance(self.outcome, Exception):
            raise self.outcome
        return self.outcome


def together(era, probe, count):
    """What `count` callers hear who all come while the first one's probe is under way."""
    heard = []

    def ask():
        try:
            heard.append(era.get(probe, Deadline(5)))
        except UpstreamError as error:
            heard.append(error.kind)

    threads = [threading.Thread(target=ask) for _ in range(count)]
    threads[0].start()
    probe.begun.wait(5)
    for thread in threads[1:]:
        thread.start()
    while sum(t.is_alive() for t in threads) < count:
        pass
    probe.go.set()
    for thread in threads:
        thread.join()
    return heard


def test_eight_callers_wait_for_one_probe():
    probe = Slow(Result(NEW))
    assert together(Era(None), probe, 8) == ["2026"] * 8
    assert probe.asked == 1


def test_a_caller_of_whom_the_api_knows_nothing_keeps_nobody_from_probing():
    probe = Slow(UpstreamError(Kind.TOKEN, "no"))
    assert together(Era(None), probe, 3) == [Kind.TOKEN] * 3
    assert probe.asked == 3


def test_nobody_waits_for_a_probe_longer_than_his_call_may_last():
    era, probe = Era(None), Slow(Result(NEW))
    first = threading.Thread(target=era.get, args=(probe, Deadline(5)))
    first.start()
    probe.begun.wait(5)
    with pytest.raises(UpstreamError) as caught:
        era.get(probe, Deadline(0.01))
    assert caught.value.kind is Kind.TIMEOUT
    probe.go.set()
    first.join()
