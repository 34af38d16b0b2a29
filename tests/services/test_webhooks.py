"""The subscription and delivery routes before the sandbox: what no recording shows."""

from __future__ import annotations

import base64
import json
import time
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any

import pytest

from shim import app, config
from shim.crypto import BearerToken
from shim.recordings.answer import Answer
from shim.rest.dates import legacy_time
from shim.sandbox import Sandbox
from shim.services import deliveries, subscription, webhooks
from shim.services.bridge import TIMED_OUT, Check, Named, Record, Row
from shim.services.subscription import Subscription
from tests.cassettes import FIXTURES
from tests.kit import FAR, Asker

KEY = base64.urlsafe_b64encode(bytes(range(64, 96))).decode()
HOOKS = "/api/user/webhooks"
REPO = "/api/~jdoe/repos/weather/webhooks"
TRACKER = "/api/user/~jdoe/trackers/widgets/webhooks"
TICKET = "/api/user/~jdoe/trackers/widgets/tickets/2/webhooks"
NOT_FOUND = {"errors": [{"reason": "404 not found"}]}
UNAUTHORIZED = {"errors": [{"reason": "401 unauthorized"}]}
SENT = "Content-Type: application/json\nX-Webhook-Event: repo:update\nX-Payload-Nonce: 0011223344556677"


@dataclass
class Noted:
    """A bridge that sends nothing and tells what it was told."""

    sent: list[tuple[int, str, str, bytes]] = field(default_factory=list)
    gone: list[int] = field(default_factory=list)
    seen: list[str] = field(default_factory=list)
    new: list[int] = field(default_factory=list)
    turn: Check | None = None
    checked: list[tuple[Check, list[str], str | None]] = field(default_factory=list)
    known: dict[str, Record] = field(default_factory=dict)

    def send(self, named: Named, event: str, uuid: str, payload: bytes) -> Record:
        self.sent.append((named.id, event, uuid, payload))
        return Record()

    def later(self, named: Named, uuids: Sequence[str]) -> Mapping[str, Record]:
        return {one: self.known[one] for one in uuids if one in self.known}

    def met(self, named: Named, rows: Sequence[Row]) -> None:
        self.seen += [row["uuid"] for row in rows]

    def made(self, named: Named) -> None:
        self.new.append(named.id)

    def ended(self, named: Named) -> None:
        self.gone.append(named.id)

    def due(self, found: Sequence[Named]) -> Check | None:
        """The one that a test has put there, if it is among these."""
        return self.turn if self.turn and self.turn.named.id in [each.id for each in found] else None

    def compared(self, check: Check, rows: Sequence[Row], following: str | None) -> None:
        self.checked.append((check, [row["uuid"] for row in rows], following))


class Assembled:
    """What the app has of the bridge in these tests."""

    receiver = None

    def __init__(self, bridge: Noted) -> None:
        self.bridge = bridge

    def of(self, *_: Any, **__: Any) -> Assembled:
        return self


@dataclass
class Stand:
    """A shim before a sandbox that has its deliveries answered by `receive`."""

    asker: Asker
    sandbox: Sandbox
    bridge: Noted
    answers: list[bytes]

    def make(self, user: str, path: str = HOOKS, events: Sequence[str] = ("repo:update",), **body: Any) -> Any:
        sent = {"url": "https://ci.example.org/in", "events": list(events), **body}
        answer = self.asker.open("POST", path, user, json=sent)
        assert answer.status_code == 201, answer.get_data(as_text=True)
        return json.loads(answer.data)

    def ask(self, method: str, path: str, user: str, **request: Any) -> tuple[int, Any]:
        answer = self.asker.open(method, path, user, **request)
        return answer.status_code, json.loads(answer.data or "null") if answer.is_json else None

    def push(self, times: int = 1) -> None:
        """Change a repository of jdoe's so often."""
        for number in range(times):
            answer = self.asker.open("PUT", "/api/repos/weather", "jdoe", json={"description": f"d{number}"})
            assert answer.status_code == 200
        assert self.sandbox.drain(30)


Open = Callable[..., Stand]


@pytest.fixture
def stand(monkeypatch: pytest.MonkeyPatch) -> Iterator[Open]:
    with ExitStack() as exits:

        def open_stand(service: str = "git", era: str = "2026", **settings: str) -> Stand:
            answers: list[bytes] = []
            bridge = Noted()
            monkeypatch.setattr(app, "Assembly", Assembled(bridge))

            def receive(url: str, headers: Mapping[str, str], body: bytes) -> Answer:
                return Answer(200, {}, answers.pop(0) if answers else b"no record")

            sandbox = Sandbox(FIXTURES, era=era, services=[service], transport=receive)
            base = exits.enter_context(sandbox.running())
            given = {"era": era, "webhook-origin": "http://10.0.0.7:8080", "webhook-keys": KEY, **settings}
            asker = Asker(service, f"{base}/{service}", {("shim", key): value for key, value in given.items()})
            return Stand(asker, sandbox, bridge, answers)

        yield open_stand


def bearer(name: str = "jdoe", grants: str = "", expires: int = FAR) -> dict[str, str]:
    private_key = base64.b64encode(bytes(range(32))).decode()
    return {"Authorization": f"token {BearerToken(expires, grants, '', name).mint(private_key)}"}


def test_events_stay_in_the_callers_order_and_are_kept_once(stand):
    shim = stand()
    made = shim.make("jdoe", events=["repo:update", "repo:create", "repo:update", "repo:delete"])
    assert made["events"] == ["repo:update", "repo:create", "repo:delete"]
    assert shim.ask("GET", f"{HOOKS}?start=-1", "jdoe")[1]["results"] == [made]
    (native,) = shim.sandbox.services["git"].store.webhooks["user"].where(lambda row: row.id == made["id"])
    assert native.events == ["REPO_UPDATE", "REPO_CREATED", "REPO_DELETED"]
    assert "ci.example.org" not in native.url + native.query


def test_the_hub_finds_deletes_and_makes_its_subscription_anew(stand):
    """The sequence of clients H1, with the order that it compares (conventions Q20 to Q23)."""
    shim = stand(era="2026")
    first = shim.make("Internal jdoe", events=["repo:delete", "repo:update"])
    status, page = shim.ask("GET", f"{HOOKS}?start=-1", "Internal jdoe")
    assert (status, page["next"], page["results"]) == (200, None, [first])
    assert page["results"][0]["events"] != ["repo:update", "repo:delete"]
    assert shim.ask("DELETE", f"{HOOKS}/{first['id']}", "Internal jdoe") == (204, None)
    second = shim.make("Internal jdoe", events=["repo:update", "repo:delete"])
    assert shim.ask("GET", f"{HOOKS}?start=-1", "Internal jdoe")[1]["results"] == [second]
    assert shim.bridge.gone == [first["id"]]


@pytest.mark.parametrize(("service", "path"), [("git", HOOKS), ("todo", HOOKS), ("todo", TRACKER), ("todo", TICKET)])
def test_the_api_of_2024_is_never_asked_by_other_servers(stand, service, path):
    """It panics, which is a 502 here (conventions 9.1)."""
    shim = stand(service, "2024")
    names = {"git": "repo:update", "todo": "event:create" if path != HOOKS else "tracker:update"}
    body = {"url": "https://hub.example.org/", "events": [names[service]]}
    assert shim.ask("POST", path, "Internal jdoe", json=body)[0] == 501
    assert shim.ask("GET", path, "Internal jdoe")[1]["total"] == 0
    for rest in ("/1", "/1/deliveries", f"/1/deliveries/{uuid.uuid4()}"):
        assert shim.ask("GET", f"{path}{rest}", "Internal jdoe") == (404, NOT_FOUND)
    assert shim.ask("DELETE", f"{path}/1", "Internal jdoe") == (404, NOT_FOUND)
    assert shim.ask("POST", path, "Internal jdoe", json={})[0] == 400


def test_other_servers_need_the_network_key_to_be_known_again(stand, monkeypatch):
    shim = stand(paging="walk")
    monkeypatch.setattr("shim.rest.caller._opened", lambda *_: None)
    body = {"url": "https://hub.example.org/", "events": ["repo:update"]}
    status, told = shim.ask("POST", HOOKS, "Internal jdoe", json=body)
    assert (status, told) == (501, {"errors": [{"reason": "Webhooks of other services need [sr.ht] network-key"}]})


def test_a_subscription_is_not_found_below_another_parent(stand):
    shim = stand()
    user, repository = shim.make("jdoe"), shim.make("jdoe", REPO, ["repo:post-update"], sync=True)
    other = REPO.replace("weather", "files")
    assert shim.ask("GET", f"{REPO}/{repository['id']}", "jdoe") == (200, repository)
    for path in (f"{other}/{repository['id']}", f"{HOOKS}/{repository['id'] + 1000}"):
        assert shim.ask("GET", path, "jdoe") == (404, NOT_FOUND)
        assert shim.ask("DELETE", path, "jdoe") == (404, NOT_FOUND)
    assert shim.ask("GET", f"{HOOKS}/{user['id']}", "jdoe")[0] == 200


def test_a_url_that_was_taken_elsewhere_is_no_subscription_there(stand):
    """Whoever copies a sealed URL into a native subscription of their own gets nothing by it."""
    shim = stand()
    made = shim.make("jdoe")
    hooks = shim.sandbox.services["git"].store.webhooks
    (native,) = hooks["user"].where(lambda row: row.id == made["id"])
    alice = shim.make("alice")
    (copied,) = hooks["user"].where(lambda row: row.id == alice["id"])
    copied.url = native.url
    assert shim.ask("GET", f"{HOOKS}/{alice['id']}", "alice") == (401, UNAUTHORIZED)
    assert shim.ask("GET", HOOKS, "alice")[1]["results"] == []
    pushed = shim.make("jdoe", REPO, ["repo:post-update"])["id"]
    (pushes,) = hooks["git"].where(lambda row: row.id == pushed)
    pushes.url = native.url
    assert shim.ask("GET", f"{REPO}/{pushes.id}", "jdoe") == (404, NOT_FOUND)


def test_native_subscriptions_of_others_are_not_shown(stand):
    shim = stand()
    before = shim.sandbox.services["git"].store.webhooks["user"].where(lambda row: not row.expired)
    assert before
    for row in before:
        assert shim.ask("GET", HOOKS, row.user.username)[1]["total"] == 0
        assert shim.ask("GET", f"{HOOKS}/{row.id}", row.user.username) == (404, NOT_FOUND)


def test_after_the_keys_have_changed_old_subscriptions_are_known_and_those_of_lost_keys_nobodys(stand):
    shim = stand()
    made = shim.make("jdoe")
    newer = base64.urlsafe_b64encode(bytes(range(96, 128))).decode()

    def with_keys(keys: str) -> Asker:
        settings = {("shim", "era"): "2026", ("shim", "webhook-origin"): "https://elsewhere.example.org"}
        return Asker("git", shim.asker.api, {**settings, ("shim", "webhook-keys"): keys})

    assert with_keys(f"{newer}, {KEY}").get(HOOKS, "jdoe")["results"] == [made]
    assert with_keys(newer).get(HOOKS, "jdoe")["results"] == []


@pytest.mark.parametrize("paging", ["auto", "walk"])
def test_more_than_a_page_of_the_api(stand, paging, logged):
    """Its second page is the first again: with the key all are listed, without it as many as the first page has."""
    shim = stand(paging=paging)
    made = [shim.make("jdoe", url=f"https://ci.example.org/{number}") for number in range(60)]
    ids = [row["id"] for row in reversed(made)]
    answer = shim.asker.open("GET", HOOKS, "jdoe")
    page = json.loads(answer.data)
    found = [row["id"] for row in page["results"]]
    assert answer.headers.get("X-Shim-Incomplete") == ("1" if paging == "walk" else None)
    if paging == "walk":
        assert found == [row["id"] for row in reversed(made[: len(found)])]
        assert 0 < len(found) <= 25
        assert page["next"] is None
        assert "subscriptions left out" in [event["event"] for event in logged]
    else:
        assert (found, page["next"], page["total"]) == (ids[:50], str(ids[50]), 60)
        rest = shim.asker.get(f"{HOOKS}?start={page['next']}", "jdoe")
        assert ([row["id"] for row in rest["results"]], rest["next"]) == (ids[50:], None)
    assert shim.ask("GET", f"{HOOKS}/{ids[0]}", "jdoe") == (200, made[-1])


def test_grants_that_an_event_needs_are_asked_for_in_the_old_words(stand):
    shim = stand()
    body = {"url": "https://ci.example.org/", "events": ["repo:update", "repo:create"]}
    told = shim.ask("POST", HOOKS, "", json=body, headers=bearer(grants="git.sr.ht/PROFILE:RO"))
    reason = (
        "Permission denied - does your token have the appropriate scopes? "
        "(needs {0123456789abcdef/info:read}, has [git.sr.ht/PROFILE:RO])"
    )
    assert told == (400, {"errors": [{"reason": reason}]})
    granted = bearer(grants="git.sr.ht/PROFILE:RO git.sr.ht/REPOSITORIES:RO")
    assert shim.ask("POST", HOOKS, "", json=body, headers=granted)[0] == 201


def test_a_token_that_is_about_to_expire_makes_no_subscription(stand):
    shim = stand()
    body = {"url": "https://ci.example.org/", "events": ["repo:update"]}
    soon = bearer(expires=int(time.time()) + subscription.LEAD - 60)
    assert shim.ask("POST", HOOKS, "", json=body, headers=soon)[0] == 400
    assert not shim.sandbox.services["git"].store.webhooks["user"].where(lambda row: "10.0.0.7" in row.url)


def test_subscriptions_of_a_token_that_is_about_to_expire_are_deleted_when_they_are_met(stand, monkeypatch):
    shim = stand()
    kept = shim.make("jdoe")
    expiring = bearer(expires=int(time.time()) + subscription.LEAD + 3600)
    body = {"url": "https://ci.example.org/", "events": ["repo:update"]}
    made = [shim.ask("POST", HOOKS, "", json=body, headers=expiring)[1]["id"] for _ in range(webhooks.MOST_ENDED + 1)]
    assert shim.ask("GET", HOOKS, "", headers=expiring)[1]["total"] == len(made)

    def statuses():
        return [shim.ask("GET", f"{HOOKS}/{row_id}", "", headers=expiring)[0] for row_id in made]

    monkeypatch.setattr(subscription, "LEAD", subscription.LEAD + 7200)
    assert shim.ask("GET", HOOKS, "jdoe")[1]["results"] == [kept]
    assert statuses().count(404) == webhooks.MOST_ENDED
    shim.ask("GET", HOOKS, "jdoe")
    assert statuses() == [404] * len(made)
    assert shim.bridge.gone == [], "what waits for them is still to be sent"


def test_a_list_is_told_though_another_call_has_deleted_what_was_to_end(stand, monkeypatch):
    shim = stand()
    kept = shim.make("jdoe")
    expiring = bearer(expires=int(time.time()) + subscription.LEAD + 3600)
    body = {"url": "https://ci.example.org/", "events": ["repo:update"]}
    assert shim.ask("POST", HOOKS, "", json=body, headers=expiring)[0] == 201
    monkeypatch.setattr(subscription, "LEAD", subscription.LEAD + 7200)
    end = webhooks._end

    def end_twice(*given: Any) -> None:
        end(*given)
        end(*given)

    monkeypatch.setattr(webhooks, "_end", end_twice)
    assert shim.ask("GET", HOOKS, "jdoe")[1]["results"] == [kept]


@pytest.mark.parametrize(
    ("url", "status"),
    [
        ("https://ci.example.org/" + "x" * (subscription.LONGEST_URL - 23), 201),
        ("https://ci.example.org/" + "x" * (subscription.LONGEST_URL - 22), 400),
        ("https://ci.example.org/" + "\u00fc" * 500, 400),
        ("x" * 2049, 500),
        ("a\0b", 500),
        ("\ud800", 500),
        ({"a": 1}, 500),
        ([1], 500),
    ],
)
def test_urls_have_a_bound(stand, url, status):
    shim = stand()
    assert shim.ask("POST", HOOKS, "jdoe", json={"url": url, "events": ["repo:update"]})[0] == status


@pytest.mark.parametrize(
    ("url", "text"), [(1.5, "1.5"), (["a b", ""], '{"a b",""}'), (['"', "NULL", "c"], '{"\\"","NULL",c}')]
)
def test_values_that_are_no_text_are_kept_as_the_old_column_did(stand, url, text):
    shim = stand()
    assert shim.make("jdoe", url=url)["url"] == text


def test_the_second_url_is_taken_where_the_operator_allows_it(stand):
    shim = stand(**{"webhook-dual": "yes"})
    made = shim.make("jdoe", native_url="https://new.example.org/")
    assert set(made) == {"id", "created", "events", "url"}
    assert opened(shim, made["id"]).dual == "https://new.example.org/"
    body = {"url": "https://ci.example.org/", "events": ["repo:update"], "native_url": 5}
    reason = {"field": "native_url", "reason": "native_url should be a str"}
    assert shim.ask("POST", HOOKS, "jdoe", json=body) == (400, {"errors": [reason]})


def test_elsewhere_it_is_refused(stand):
    shim = stand()
    body = {"url": "https://ci.example.org/", "events": ["repo:update"], "native_url": "https://new.example.org/"}
    text = "native_url is not allowed on this server: its operator has to set [shim] webhook-dual"
    assert shim.ask("POST", HOOKS, "jdoe", json=body) == (400, {"errors": [{"field": "native_url", "reason": text}]})
    assert opened(shim, shim.make("jdoe")["id"]).dual == ""


def opened(shim: Stand, row_id: int) -> Subscription:
    (row,) = shim.sandbox.services["git"].store.webhooks["user"].where(lambda row: row.id == row_id)
    read = config.parse(f"[git.sr.ht]\norigin=https://a.example\n[shim]\nwebhook-keys={KEY}\norigin=https://b", "x")
    addresses = subscription.addresses_of(read)
    assert addresses is not None
    found = addresses.opened("git", row.url)
    assert found is not None
    return found


def test_what_is_sealed_tells_who_made_it_of_what_and_until_when(stand):
    shim = stand()
    made = shim.make("jdoe", REPO, ["repo:post-update"], sync=True)
    (row,) = shim.sandbox.services["git"].store.webhooks["git"].where(lambda row: row.id == made["id"])
    read = subscription.open_([base64.urlsafe_b64decode(KEY)], row.url.rpartition("/")[2])
    assert (read.service, read.kind, read.user, read.expires, read.sync) == ("git", "repository", "jdoe", FAR, True)
    assert read.parent == str(row.parent)
    assert "Bearer" not in read.fingerprint


def test_without_a_configuration_nothing_is_made_and_lists_are_empty(stand):
    shim = stand(**{"webhook-origin": "", "webhook-keys": ""})
    body = {"url": "https://ci.example.org/", "events": ["repo:update"]}
    text = "Webhooks are not configured on this server: its operator has to set [shim] webhook-origin"
    reason = {"reason": text}
    assert shim.ask("POST", HOOKS, "jdoe", json=body) == (501, {"errors": [reason]})
    assert shim.ask("GET", HOOKS, "jdoe")[1]["total"] == 0
    assert shim.ask("GET", f"{HOOKS}/1", "jdoe") == (404, NOT_FOUND)


# --- deliveries ------------------------------------------------------------------------------------------


def delivered(shim: Stand, *records: bytes) -> Any:
    """A subscription of jdoe's, and deliveries for it that were answered so."""
    made = shim.make("jdoe")
    shim.answers += records
    shim.push(len(records))
    return made["id"], shim.asker.get(f"{HOOKS}/{made['id']}/deliveries", "jdoe")["results"]


def test_a_delivery_tells_what_the_target_said(stand):
    shim = stand()
    record = Record(201, "Server: nginx \nA: b", "Thanks \u00fc", SENT)
    row_id, (told,) = delivered(shim, record.write())
    assert told["response"] == "Thanks \u00fc"
    assert told["response_status"] == 201
    assert told["response_headers"] == "A: b\r\nServer: nginx\r\n"
    assert told["payload_headers"].split("\r\n") == [*sorted(SENT.split("\n")), ""]
    assert json.loads(told["payload"])["name"] == "weather"
    assert shim.ask("GET", f"{HOOKS}/{row_id}/deliveries/{told['id'].upper()}", "jdoe") == (200, told)
    assert shim.bridge.seen == [told["id"], told["id"]]


@pytest.mark.parametrize(
    "answer", [b"Service Unavailable", b"", Record(200, "A: b", None, SENT).write(), Record().write(), b'{"shim": 1}']
)
def test_without_an_answer_in_text_nothing_is_told_of_an_attempt(stand, answer):
    shim = stand()
    _, (told,) = delivered(shim, answer)
    assert (told["response"], told["response_status"], told["response_headers"]) == (None, -2, None)
    assert told["payload_headers"] == (
        f"Content-Type: application/json\r\nX-Webhook-Delivery: {told['id']}\r\nX-Webhook-Event: repo:update\r\n"
    )


def test_a_target_that_was_too_slow_is_told_of_in_the_old_words(stand):
    shim = stand()
    _, (told,) = delivered(shim, Record(TIMED_OUT, None, "Request timed out after 5 seconds.", SENT).write())
    assert "X-Payload-Nonce" in told["payload_headers"]
    assert (told["response"], told["response_status"]) == ("Request timed out after 5 seconds.", -1)
    assert told["response_headers"] is None


def test_a_header_is_one_line_whatever_the_target_wrote_into_it(stand):
    _, (told,) = delivered(stand(), Record(200, "B: \x85one\x0btwo\u2028three\nA: b", "", SENT).write())
    assert told["response_headers"] == "A: b\r\nB: \x85one\x0btwo\u2028three\r\n"


def test_later_attempts_count(stand):
    """Behind one without an answer like the Go side's own, behind another like those that a user asked for."""
    shim = stand()
    row_id, (second, first) = delivered(shim, Record().write(), Record(500, "C: d", "no", SENT).write())
    shim.bridge.known = {row["id"]: Record(200, "B: 2\nA: 1", "yes", f"{SENT}\nZ: 1") for row in (first, second)}
    told = shim.asker.get(f"{HOOKS}/{row_id}/deliveries", "jdoe")["results"]
    assert [(row["response"], row["response_status"]) for row in told] == [("yes", 200)] * 2
    assert [row["response_headers"] for row in told] == ["B: 2\nA: 1", "A: 1\r\nB: 2\r\n"]
    assert ["Z: 1" in row["payload_headers"] for row in told] == [False, True]


@pytest.mark.parametrize("paging", ["auto", "walk"])
def test_pages_of_deliveries(stand, paging):
    shim = stand(paging=paging)
    row_id, _ = delivered(shim, *[b""] * 57)
    place = f"{HOOKS}/{row_id}/deliveries"
    first = shim.asker.get(place, "jdoe")
    rest = shim.asker.get(f"{place}?start={first['next']}", "jdoe")
    assert (first["total"], rest["total"], rest["next"]) == (57, 57, None)
    rows = [*first["results"], *rest["results"]]
    assert [json.loads(row["payload"])["description"] for row in rows] == [
        f"d{number}" for number in reversed(range(57))
    ]
    for row in (rows[0], rows[51], rows[56]):
        assert shim.ask("GET", f"{place}/{row['id']}", "jdoe") == (200, row)
    assert shim.ask("GET", f"{place}/{uuid.uuid4()}", "jdoe") == (404, NOT_FOUND)
    assert shim.asker.get(f"{place}?start=0", "jdoe")["results"] == []


def test_a_delivery_is_sent_again_under_its_uuid(stand):
    shim = stand()
    row_id, (told,) = delivered(shim, Record(200, "", "", SENT).write())
    path = f"{HOOKS}/{row_id}/deliveries/{told['id']}/redeliver"
    assert shim.ask("POST", path, "jdoe") == (200, {})
    assert shim.bridge.sent == [(row_id, "repo:update", told["id"], told["payload"].encode())]
    assert shim.ask("POST", path, "", headers=bearer(expires=FAR - 5)) == (401, UNAUTHORIZED)
    assert shim.ask("POST", path, "alice") == (404, NOT_FOUND)
    assert len(shim.bridge.sent) == 1


def test_a_payload_that_can_not_be_made_again_is_empty_and_not_sent(stand):
    shim = stand()
    row_id, (told,) = delivered(shim, b"")
    (row,) = shim.sandbox.services["git"].store.deliveries["user"].where(lambda row: row.uuid == told["id"])
    row.request_body = '{"data": null, "errors": []}'
    path = f"{HOOKS}/{row_id}/deliveries/{told['id']}"
    assert shim.asker.get(path, "jdoe")["payload"] == ""
    assert shim.ask("POST", f"{path}/redeliver", "jdoe")[0] == 501
    assert shim.bridge.sent == []


def test_events_of_which_nobody_was_told_are_not_told_of(stand):
    shim = stand("todo")
    shim.make("Internal jdoe", TICKET, ["event:create", "ticket:update"])
    (native,) = shim.sandbox.services["todo"].store.webhooks["ticket"].where(lambda row: "10.0.0.7" in row.url)
    assert native.events == ["EVENT_CREATED"]
    only = shim.make("Internal jdoe", TICKET, ["ticket:update"])
    assert only["events"] == ["ticket:update"]


@pytest.mark.parametrize(
    ("date", "number"),
    [
        ("1970-01-01T00:00:01Z", 1_000_000),
        ("1970-01-01T00:00:00.5Z", 500_000),
        ("2024-09-01T12:00:00.000001Z", 1725192000000001),
        ("2024-09-01T12:00:00.123456789Z", 1725192000123456),
    ],
)
def test_numbers_of_deliveries_descend_like_their_times(date, number):
    assert deliveries.microseconds(date) == number
    assert legacy_time(date)


def named(shim: Stand, number: int) -> Named:
    """A subscription as the bridge has it."""
    (row,) = shim.sandbox.services["git"].store.webhooks["user"].where(lambda row: row.id == number)
    found = subscription.Addresses([base64.urlsafe_b64decode(KEY)], "").opened("git", row.url)
    assert found is not None
    return Named(number, found)


@pytest.mark.parametrize("paging", ["auto", "walk"])
def test_a_look_at_subscriptions_has_one_of_them_compared(stand, paging):
    shim = stand(paging=paging)
    made = [shim.make("jdoe")["id"] for _ in range(3)]
    assert shim.bridge.new == made
    shim.push(2)
    for path, turn in ((HOOKS, made[1]), (f"{HOOKS}?start={made[0]}", made[0]), (f"{HOOKS}/{made[2]}", made[2])):
        shim.bridge.turn, shim.bridge.checked = None, []
        before = shim.asker.open("GET", path, "jdoe")
        shim.bridge.turn = Check(named(shim, turn))
        after = shim.asker.open("GET", path, "jdoe")
        assert (after.status, after.data) == (before.status, before.data)
        assert [len(uuids) for check, uuids, following in shim.bridge.checked] == [2]
        assert shim.bridge.checked[0][0] == shim.bridge.turn


def test_a_comparison_goes_on_by_its_cursor(stand):
    shim = stand()
    number = shim.make("jdoe")["id"]
    shim.push(30)
    shim.bridge.turn = Check(named(shim, number))
    shim.asker.open("GET", HOOKS, "jdoe")
    ((_, first, following),) = shim.bridge.checked
    shim.bridge.turn = Check(named(shim, number), following, until=1)
    shim.asker.open("GET", HOOKS, "jdoe")
    _, second, end = shim.bridge.checked[1]
    assert (len(first), len(second), end, set(first) & set(second)) == (25, 5, None, set())


def test_a_comparison_that_fails_is_not_told_to_the_owner(stand):
    shim = stand()
    number = shim.make("jdoe")["id"]
    for turn in (Check(named(shim, number), "no cursor"), Check(Named(999, named(shim, number).subscription))):
        shim.bridge.due = lambda found, turn=turn: turn  # type: ignore[method-assign, misc]
        assert [row["id"] for row in shim.asker.get(HOOKS, "jdoe")["results"]] == [number]
        assert shim.ask("GET", f"{HOOKS}/{number}", "jdoe")[0] == 200
    assert shim.bridge.checked == []


@pytest.mark.parametrize("path", [TRACKER, TICKET])
def test_subscriptions_of_trackers_and_tickets_are_compared_too(stand, path):
    shim = stand("todo")
    shim.make("Internal jdoe", path, ["event:create"])
    noted: list[Named] = []

    def due(found: Sequence[Named]) -> Check | None:
        noted.extend(found)
        return Check(found[0]) if found else None

    shim.bridge.due = due  # type: ignore[method-assign]
    answer = shim.asker.open("PUT", "/api/trackers/widgets/tickets/2", "jdoe", json={"comment": "Hello"})
    assert answer.status_code == 200, answer.data
    assert shim.sandbox.drain(30)
    assert len(shim.ask("GET", path, "Internal jdoe")[1]["results"]) == 1
    assert [(check.named, len(uuids)) for check, uuids, _ in shim.bridge.checked] == [(noted[0], 1)]


def test_what_is_compared_is_no_part_of_what_replaces_a_call(stand):
    shim = stand()
    shim.bridge.turn = Check(named(shim, shim.make("jdoe")["id"]))
    told = shim.asker.open("GET", HOOKS, "jdoe", headers={"X-Shim-Explain": "1"})
    assert shim.bridge.checked
    assert "Deliveries" not in told.get_data(as_text=True)
