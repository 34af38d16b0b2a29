"""Headers that announce an end: their grammar, who gets them, and that they are no difference."""

import re
from email.utils import parsedate_to_datetime
from pathlib import Path

import pytest
from werkzeug.http import parse_date

from shim.compare.runner import run
from shim.compare.stand import app as stand
from shim.compare.stand.opening import open_stand
from shim.compare.stand.settings import Settings
from shim.config import parse
from shim.lifecycle import moment
from shim.sunset.headers import Announcements
from tests.sunset.kit import Clock, backends, client, endpoint

FIXTURES = Path(__file__).parents[2] / "fixtures"
IMF_FIXDATE = re.compile(
    r"(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{4} \d\d:\d\d:\d\d GMT"
)
SUNSET = "[git.sr.ht::shim]\nsunset = 2027-06-30T12:00Z\n"
PAGE = "/migrate/git/get-repos"


def headers(text, slug="get-repos", clock=None, service="git"):
    backend = backends(text)[service]
    return dict(Announcements(backend, clock or Clock(2027, 1, 1))(endpoint(backend, slug)))


def links(value):
    """The targets of a Link header by relation."""
    parts = [re.fullmatch(r'<([^>]+)>; rel="([a-z-]+)"(; type="text/html")?', part) for part in value.split(", ")]
    return {part[2]: part[1] for part in parts}


def test_deprecation_is_a_structured_date():
    assert headers("")["Deprecation"] == "@1761523200"
    assert parse_date("Mon, 27 Oct 2025 00:00:00 GMT").timestamp() == 1761523200


def test_a_deprecation_may_lie_in_the_future():
    assert headers("[shim]\ndeprecated = 2030-01-01\n")["Deprecation"] == "@1893456000"


def test_sunset_is_an_http_date():
    value = headers(SUNSET)["Sunset"]
    assert IMF_FIXDATE.fullmatch(value)
    assert parsedate_to_datetime(value) == moment("2027-06-30T12:00Z")


def test_a_sunset_is_not_earlier_than_the_deprecation():
    found = headers("[shim]\ndeprecated = 2030-01-01\nsunset = 2029-01-01\n")
    assert int(found["Deprecation"][1:]) == parsedate_to_datetime(found["Sunset"]).timestamp()


def test_a_removal_without_a_sunset_is_announced():
    assert headers("[shim]\nremoval = 2027-06-30\n")["Sunset"] == "Wed, 30 Jun 2027 00:00:00 GMT"


def test_links_lead_to_the_page_and_to_graphql():
    successor = {"successor-version": "https://git.example.org/query"}
    assert links(headers("")["Link"]) == {"deprecation": PAGE, **successor}
    assert links(headers(SUNSET)["Link"]) == {"deprecation": PAGE, "sunset": PAGE, **successor}
    hosted = headers(f"{SUNSET}[shim]\norigin = https://shim.example.org/\n")
    page = f"https://shim.example.org{PAGE}"
    assert links(hosted["Link"]) == {"deprecation": page, "sunset": page, **successor}


def test_what_is_declared_for_one_endpoint_is_announced_there_alone():
    text = "[git.sr.ht::get-repos]\nsunset = 2027-06-30\n"
    assert ["Sunset" in headers(text, slug) for slug in ("get-repos", "post-repos")] == [True, False]
    assert "Sunset" not in headers(text, service="todo", slug="get-trackers")


def test_nothing_declared_is_nothing_announced():
    assert headers("[shim]\ndeprecated = none\n") == {}


def test_announcements_can_be_switched_off():
    assert headers(f"{SUNSET}[shim]\ndeprecation-headers = no\n") == {}


def test_what_was_removed_is_not_announced_any_more():
    text = "[shim]\nremoval = 2027-06-30\n"
    assert headers(text, clock=Clock(2027, 6, 29))
    assert headers(text, clock=Clock(2027, 6, 30)) == {}
    assert headers(f"{text}rehearsal = yes\n", clock=Clock(2027, 6, 30))


def test_refusals_are_told_as_well():
    answer = client(backends(SUNSET)["git"], Clock(2027, 1, 1)).get("/api/repos")
    assert (answer.status_code, answer.headers["Deprecation"]) == (401, "@1761523200")


def test_headers_are_the_same_objects_each_time():
    backend = backends(SUNSET)["git"]
    announced = Announcements(backend, Clock(2027, 1, 1))
    assert announced(endpoint(backend, "get-repos")) is announced(endpoint(backend, "get-repos"))


@pytest.mark.parametrize("name", ["reads/refs.yaml", "writes/readme.yaml"])
def test_the_comparison_counts_them_as_no_difference(monkeypatch, name):
    answers = []

    class Target(stand.WsgiTarget):
        def send(self, request):
            answers.append(super().send(request))
            return answers[-1]

    ending = "[shim]\nsunset = 9998-01-01\nbrownouts = 9997-01-01/1h\norigin = https://shim.example.org\n"
    monkeypatch.setattr(stand, "WsgiTarget", Target)
    monkeypatch.setattr(stand, "parse", lambda text, source: parse(text.replace("[shim]\n", ending, 1), source))
    settings = Settings(FIXTURES, cassettes=(FIXTURES / "git" / "rest" / name,))
    totals = run(settings, open_stand, lambda result: None).totals
    assert (totals.different, totals.exchanges) == (0, len(answers))
    found = [answer.headers for answer in answers if "deprecation" in answer.headers]
    assert found
    assert all(header["sunset"].endswith("9998 00:00:00 GMT") and "successor" in header["link"] for header in found)
