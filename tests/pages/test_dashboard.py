"""What the dashboard says of services, endpoints and callers."""

from __future__ import annotations

import json
import re

import pytest

from shim.sunset import pauses
from shim.sunset.outreach import Outreach
from tests.pages import kit
from tests.usage.kit import HOUR, NOW, put

WHOLE = {name: {"exchanges": 4, "exact": 2, "declared": 1, "different": 1} for name in ("git", "<b>todo")}
REPORT = {
    "era": "2026",
    "passed": False,
    "totals": {"exchanges": 8, "exact": 4, "declared": 2, "different": 2},
    "services": {name: {**figures, "exact_percent": 50.0} for name, figures in WHOLE.items()},
    "rules": {"rare": 1, "usual": 7},
    "cassettes": [],
}


def by(rows, *columns):
    """Rows by some of their columns."""
    return {tuple(row[column] for column in columns): row for row in rows}


def card(text, service):
    """What the overview says of a service, as words."""
    return re.sub(r"<[^>]+>|\s+", " ", text.split(f"<h3>{service}.sr.ht</h3>")[1].split("</li>")[0])


def test_the_overview_sums_up_what_is_stored(reader, filled):
    told = reader.get("/usage.json").json
    (stored,) = filled.read(
        "SELECT SUM(calls) AS calls, SUM(refused) AS refused, SUM(rehearsed) AS rehearsed FROM usage"
    )
    assert {name: told["totals"][name] for name in stored} == stored
    assert sum(step["calls"] for step in told["series"]) == stored["calls"]
    assert sum(row["calls"] for row in told["rows"]) == stored["calls"]
    declared = {name: len(list(backend.service)) for name, backend in kit.site(None).backends.items()}
    assert {row["service"]: row["endpoints"] for row in told["rows"]} == declared
    assert {row["service"]: row["used_endpoints"] for row in told["rows"]} == {"git": 6, "hg": 0, "todo": 1}
    assert told["totals"]["callers"] == 7
    assert [row["caller"] for row in told["top_callers"][:3]] == ["ci.bot", "alice", "bob"]
    assert told["top_endpoints"][0]["name"] == "GET /api/repos/<r>/refs"


def test_services_have_a_light_in_words(reader):
    text = reader.get("/usage").text
    assert "Used, and its sunset is near" in card(text, "git")
    assert "Nobody uses it" in card(text, "hg")
    assert "Used" in card(text, "todo")
    assert "near" not in card(text, "todo")
    states = {row["service"]: row["state"] for row in reader.get("/usage.json").json["rows"]}
    assert states == {"git": "ending", "hg": "idle", "todo": "used"}


@pytest.mark.parametrize(
    ("sunset", "state", "words"),
    [
        ("none", "used", "Used"),
        ("2028-01-01", "used", "Used"),
        ("2027-04-15", "ending", "Used, and its sunset is near"),
        ("2027-04-16", "used", "Used"),
        ("2027-01-01", "ending", "Used, though its sunset has come"),
    ],
)
def test_an_end_is_near_within_ninety_days(sqlite_store, sunset, state, words):
    put(sqlite_store, {"calls": 2})
    client = kit.client(sqlite_store, f"[shim]\nsunset = {sunset}\n")
    assert client.get("/usage.json").json["rows"][0]["state"] == state
    assert re.search(rf"{words} +Calls 2", card(client.get("/usage").text, "git").replace("  ", " "))


def test_an_end_of_what_nobody_uses_alarms_nobody(sqlite_store):
    put(sqlite_store, {"calls": 2})
    client = kit.client(sqlite_store, "[git.sr.ht::get-user]\nsunset = 2027-01-20\n")
    assert [row["state"] for row in client.get("/usage.json").json["rows"]] == ["used", "idle", "idle"]


def test_losses_are_told_with_their_reasons(reader, sqlite_store):
    text = re.sub(r"\s+", " ", reader.get("/usage").text)
    assert (
        "13 calls of this period are in no figure here: 1 because more came than could be written, 12 because" in text
    )
    assert reader.get("/usage.json").json["losses"] == {"full": 1, "store": 12}
    assert "in no figure" not in kit.client(sqlite_store).get("/usage").text


def test_every_endpoint_is_listed_idle_ones_and_those_that_are_no_more(reader):
    rows = reader.get("/usage/endpoints.json").json["rows"]
    listed = by(rows, "service", "endpoint")
    declared = {(backend.service.name, endpoint.slug) for backend, endpoint in kit.site(None)}
    assert set(listed) == declared | {("git", "get-gone")}
    assert listed["hg", "get-repos"]["state"] == "idle"
    assert listed["hg", "get-repos"]["last_call"] is None
    assert [row["calls"] for row in rows] == sorted((row["calls"] for row in rows), reverse=True)
    text = reader.get("/usage/endpoints").text
    assert "get-gone" in text
    assert "endpoints/git/get-gone" not in text


def test_an_endpoint_has_its_end_its_callers_and_its_guide(reader):
    told = reader.get("/usage/endpoints/git/get-repos-r-refs.json").json
    assert told["lifecycle"]["sunset"] == "2027-02-01T00:00:00Z"
    assert told["lifecycle"]["removal"] == "2027-06-01T00:00:00Z"
    assert told["migrate"] == "/migrate/git/get-repos-r-refs"
    assert [row["caller"] for row in told["rows"]] == ["ci.bot"]
    assert [use["agent"] for use in told["agents"]] == ["curl/8.5.0"]
    text = reader.get("/usage/endpoints/git/get-repos-r-refs").text
    for words in (
        "GET /api/repos/&lt;r&gt;/refs",
        "in 17 days",
        "~admin",
        'href="/migrate/git/get-repos-r-refs"',
        "data:read",
    ):
        assert words in text


def test_an_idle_endpoint_knows_its_last_call(sqlite_store):
    put(sqlite_store, {"hour": NOW - 60 * kit.DAY})
    told = kit.client(sqlite_store).get("/usage/endpoints/git/get-repos.json").json
    assert (told["calls"], told["last_call"]) == (0, "2026-11-16T08:01:00Z")


def test_a_caller_has_endpoints_with_deadlines_and_programs(reader):
    told = reader.get("/usage/callers/alice.json").json
    rows = by(told["rows"], "service", "endpoint")
    assert set(rows) == {("git", "get-repos"), ("git", "put-repos-r"), ("git", "get-gone")}
    assert rows["git", "put-repos-r"]["failed"] == rows["git", "put-repos-r"]["refused"] == 3
    assert rows["git", "get-repos"]["sunset"] == "2027-03-01T00:00:00Z"
    assert rows["git", "get-gone"]["sunset"] is None
    assert told["outreach"]["state"] == "open"
    text = reader.get("/usage/callers/alice").text
    assert "hut/0.4.0" in text
    assert 'href="/migrate/git/get-repos"' in text
    assert "/migrate/git/get-gone" not in text


def test_a_caller_has_what_was_agreed(sqlite_store):
    put(sqlite_store, {"caller": "ann"}, {"caller": "bob"})
    desk = Outreach(sqlite_store)
    desk.mark("ann", "told", note="wrote <i>twice</i>", consent="yes", now=NOW - HOUR)
    desk.mark("bob", "moved", now=NOW - HOUR)
    client = kit.client(sqlite_store)
    assert client.get("/usage/callers/ann.json").json["outreach"] == {
        "state": "told",
        "consent": "yes",
        "note": "wrote <i>twice</i>",
        "told_at": "2027-01-15T07:00:00Z",
        "updated_at": "2027-01-15T07:00:00Z",
    }
    assert "wrote &lt;i&gt;twice&lt;/i&gt;" in client.get("/usage/callers/ann").text
    states = {row["caller"]: row["outreach"] for row in client.get("/usage/callers.json").json["rows"]}
    assert states == {"ann": "told", "bob": "open"}


def test_nobody_can_be_written_to_by_a_hash(sqlite_store):
    hashed = f"hash:{32 * '0'}"
    put(sqlite_store, {"caller": hashed}, {"caller": ""})
    client = kit.client(sqlite_store)
    assert {row["outreach"] for row in client.get("/usage/callers.json").json["rows"]} == {""}
    assert client.get(f"/usage/callers/{hashed}.json").json["outreach"] is None
    assert "Outreach</h2>" not in client.get(f"/usage/callers/{hashed}").text


@pytest.mark.parametrize(
    ("stored", "path", "title"),
    [
        ("", "(unknown)", "not known"),
        ("(other)", "(other)", "others, beyond the cap"),
        ("hash:0123456789abcdef0123456789abcdef", "hash:0123456789abcdef0123456789abcdef", "hash:0123456789abcdef"),
        (kit.BAD, kit.BAD.replace("<", "%3C").replace(">", "%3E"), "~&lt;script&gt;alert(1)&lt;/script&gt;"),
    ],
)
def test_whoever_called_has_a_page_that_is_linked(reader, stored, path, title):
    assert f'href="/usage/callers/{path}?since=30d"' in reader.get("/usage/callers").text
    answer = reader.get(f"/usage/callers/{path}")
    assert f"<h1>{title}" in answer.text
    assert reader.get(f"/usage/callers/{path}.json").json["caller"] == stored


@pytest.mark.parametrize("path", ["/usage", "/usage/callers", "/usage/endpoints/git/get-repos-r-log"])
def test_names_are_never_markup(reader, path):
    text = reader.get(path).text
    assert "<script" not in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text


def test_texts_of_the_operator_are_never_markup(reader):
    for path in ("/usage/endpoints/git/get-repos", "/migrate/git/get-repos"):
        text = reader.get(path).text
        assert "<b>us</b>" not in text
        assert "Ask &lt;b&gt;us&lt;/b&gt; first." in text


def test_the_calendar_has_what_comes_first_and_what_is_over_last(reader):
    told = reader.get("/usage/calendar.json").json
    begins = [row["begin"] for row in told["rows"]]
    ahead, behind = begins[: told["ahead"]], begins[told["ahead"] :]
    assert ahead == sorted(ahead)
    assert behind == sorted(behind, reverse=True)
    assert min(ahead) > told["now"] > max(behind)
    assert {row["event"] for row in told["rows"]} == {"brownout", "sunset", "removal"}
    assert told["exemptions"] == [{"name": "alice", "until": "2027-02-01T00:00:00Z"}]
    assert 'href="/sunset.ics"' in reader.get("/usage/calendar").text


def test_a_brownout_under_way_is_marked(sqlite_store):
    client = kit.client(sqlite_store, "[shim]\nbrownouts = 2027-01-15T08:00Z/1h\n")
    assert client.get("/usage/calendar").text.count("(now)") == 3


def test_pauses_are_told(sqlite_store):
    client = kit.client(sqlite_store, kit.ENDS)
    assert client.get("/usage/calendar.json").json["pauses"] == []
    pauses.pause(sqlite_store, "git", NOW + HOUR, NOW)
    pauses.pause(sqlite_store, pauses.EVERYTHING, None, NOW)
    told = client.get("/usage/calendar.json").json["pauses"]
    assert told == [{"service": "", "until": None}, {"service": "git", "until": "2027-01-15T09:00:00Z"}]
    text = client.get("/usage/calendar").text
    assert "all services are paused until somebody resumes them" in text
    assert "git.sr.ht are paused until" in text


def parity(tmp_path, content):
    """A reader whose report holds a text."""
    (tmp_path / "report").write_text(content)
    return kit.client(None, f"[shim]\nparity-report = {tmp_path / 'report'}\n")


def test_parity_shows_a_report_of_a_comparison(tmp_path):
    client = parity(tmp_path, json.dumps(REPORT))
    told = client.get("/usage/parity.json").json
    assert [(row["service"], row["exact"], row["exact_percent"]) for row in told["rows"]] == [
        ("<b>todo", 2, 50.0),
        ("git", 2, 50.0),
    ]
    assert list(told["rules"].items()) == [("rare", 1), ("usual", 7)] or told["rules"] == REPORT["rules"]
    assert (told["era"], told["passed"], told["problem"]) == ("2026", False, None)
    text = client.get("/usage/parity").text
    assert "&lt;b&gt;todo" in text
    assert text.index("usual") < text.index("rare")


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{",
        "[]",
        "null",
        "{}",
        json.dumps({**REPORT, "services": {"git": 1}}),
        json.dumps({**REPORT, "rules": []}),
        "[" * 99999,
        json.dumps({**REPORT, "rules": {"x": float("inf")}}),
        json.dumps({**REPORT, "rules": {"x": 10**400}}),
        json.dumps({**REPORT, "totals": dict.fromkeys(REPORT["totals"], float("nan"))}),
        json.dumps({**REPORT, "services": {"git": {**REPORT["services"]["git"], "exact_percent": float("nan")}}}),
        json.dumps({**REPORT, "services": {"git": {**REPORT["services"]["git"], "exact_percent": 10**400}}}),
        json.dumps({**REPORT, "services": {"git": {**REPORT["services"]["git"], "exact": -(10**400)}}}),
    ],
)
def test_what_is_no_report_is_told_with_how_to_make_one(tmp_path, content):
    client = parity(tmp_path, content)
    text = client.get("/usage/parity").text
    assert "it is no report of shim compare --json" in text
    assert "shim compare fixtures --json" in text
    assert client.get("/usage/parity.json").json["rows"] == []


def test_a_report_that_is_not_there_is_told(reader, tmp_path):
    assert "parity-report = " in reader.get("/usage/parity").text
    gone = kit.client(None, f"[shim]\nparity-report = {tmp_path / 'gone'}\n")
    assert "No such file or directory" in gone.get("/usage/parity").text
