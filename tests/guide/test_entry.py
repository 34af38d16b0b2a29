"""What is told of an endpoint."""

from __future__ import annotations

import json
import shlex
from dataclasses import asdict

import pytest

from shim.guide.entry import HUT, MINE, NOTHING, PAGING, entry
from tests.guide.kit import CASES, ORIGIN, SERVICES, endpoint

IDS = [f"{service.name} {endpoint.name} {era}" for service, endpoint, era in CASES]


def told(service, name, era="2024"):
    return entry(SERVICES[service], endpoint(service, name), era, ORIGIN)


@pytest.mark.parametrize(("service", "endpoint", "era"), CASES, ids=IDS)
def test_every_endpoint_has_an_entry(service, endpoint, era):
    found = entry(service, endpoint, era, ORIGIN)
    assert json.loads(json.dumps(asdict(found)))["title"] == endpoint.name
    assert bool(found.rows) != bool(found.text)
    assert found.summary.endswith(".")
    assert found.page == f"/migrate/{service.name}/{found.slug}"
    assert found.notes
    words = shlex.split(found.call)
    assert words[0] == "curl"
    assert words[-1].startswith((f"{ORIGIN}/api/", f"{ORIGIN}/oauth/"))
    assert "<" not in words[-1]


def test_an_entry_of_a_list():
    found = told("git", "GET /api/repos/<r>/refs")
    assert (found.slug, found.method, found.scope) == ("get-repos-r-refs", "GET", "data:read")
    assert found.grants == ("git.sr.ht/PROFILE:RO", "git.sr.ht/REPOSITORIES:RO", "git.sr.ht/OBJECTS:RO")
    assert found.rules == ("/api/repos/<r>/refs", "/api/<u>/repos/<r>/refs")
    assert found.call == f'curl -sS -H "Authorization: token $TOKEN" {ORIGIN}/api/repos/weather/refs'
    assert [d.operation for d in found.documents if d.form == "owner"] == [
        "ReferencesWithObjects",
        "ReferencesWithArtifacts",
    ]
    assert found.notes == (PAGING, MINE, HUT)


def test_what_tells_most_comes_first():
    """The shim asks for tickets without their labels, and for these apart; a client asks for both at once."""
    found = told("todo", "GET /api/trackers/<t>/tickets")
    assert found.documents[0].operation == "Tickets"
    assert found.notes[0].startswith("Mostly `Tickets` will do; ")
    assert "`LabelsOfTickets`" in found.notes[0]


def test_a_mutation_comes_behind_what_it_needs():
    found = told("git", "PUT /api/repos/<r>")
    assert [(d.kind, d.operation) for d in found.documents] == [
        ("query", "RepositoryId"),
        ("mutation", "UpdateRepository"),
    ]
    assert found.notes[0] == (
        "Two calls: first `RepositoryId`, which tells the `id` that it takes, then `UpdateRepository`."
    )
    assert "which tells what its answer does not" in told("git", "POST /api/repos").notes[0]
    assert told("todo", "PUT /api/trackers/<t>/tickets/<int:n>").notes[0].startswith("Several calls: first ")


def test_what_is_no_json_is_told_in_words_without_what_the_code_refers_to():
    assert told("git", "GET /api/repos/<r>/readme").text == (
        "The README's source, as plain text; 404 with an empty object when there is none."
    )
    texts = [f.text + f.summary for f in (entry(s, e, era, ORIGIN) for s, e, era in CASES)]
    assert [text for text in texts if "(git " in text or "(todo " in text or "(hg " in text] == []


def test_what_asks_nothing_says_so():
    found = told("hg", "GET /api/version")
    assert (found.documents, found.notes, found.grants) == ((), (NOTHING,), ())
    assert "Authorization" not in found.call


def test_what_is_passed_on_names_where_it_lies():
    found = told("paste", "get-blobs-sha")
    assert found.documents == ()
    assert found.notes == (
        "No GraphQL: `GET /query/blob/<sha>` of the API answers this, with the header that GraphQL takes.",
    )


@pytest.mark.parametrize(
    ("service", "name", "body"),
    [
        ("git", "POST /api/repos", {"name": "weather", "description": "Weather of a week", "visibility": "PUBLIC"}),
        ("todo", "POST /api/trackers/<t>/tickets", {"title": "The gauge is frozen", "description": "Since Monday"}),
    ],
)
def test_the_old_call_has_its_body(service, name, body):
    words = shlex.split(told(service, name).call)
    assert json.loads(words[words.index("--data-binary") + 1]) == body
    assert words[words.index("-X") + 1] == "POST"


def test_the_old_call_has_its_file_or_its_text():
    assert "-F file=@weather-1.0.tar.gz" in told("git", "POST /api/repos/<r>/artifacts/<path:name>").call
    readme = told("hg", "PUT /api/repos/<r>/readme").call
    assert "-H 'Content-Type: text/html' --data-binary '<h1>Weather</h1>'" in readme
    assert "--data-binary" not in told("hg", "DELETE /api/repos/<r>/readme").call
