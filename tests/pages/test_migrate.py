"""The public guides to every endpoint, and the calendar."""

from __future__ import annotations

import re
from html import unescape

import pytest
from icalendar import Calendar

from shim.guide.entry import entry
from tests.pages import kit


@pytest.fixture(scope="module")
def public():
    """Somebody without a password, and without a store."""
    return kit.client(None, kit.ENDS, password="")


def words(answer):
    """The text of a page."""
    main = re.sub(r"<wbr>", "", answer.text.split("<main")[1])
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", main)))


def test_the_index_links_to_every_endpoint(public):
    text = public.get("/migrate/").text
    assert public.get("/migrate").text == text
    for backend, endpoint in kit.site(None):
        assert f'href="/migrate/{backend.service.name}/{endpoint.slug}"' in text


@pytest.mark.parametrize("era", ["2024", "2026"])
def test_every_page_has_all_that_the_guide_tells(public, era):
    for backend, endpoint in kit.site(None):
        answer = public.get(f"/migrate/{backend.service.name}/{endpoint.slug}?era={era}")
        assert answer.status_code == 200
        told, text = entry(backend.service, endpoint, era, backend.config.origin), words(answer)
        assert told.title in text
        blocks = [unescape(block) for block in re.findall(r"<pre[^>]*>(.*?)</pre>", answer.text, re.DOTALL)]
        lines = [line for document in told.documents for line in (document.text, document.curl, document.hut) if line]
        assert blocks == [told.call, *lines]
        for grant in told.grants:
            assert grant in text
        for row in told.rows:
            assert row.field in text


def test_fields_are_told_one_by_one_with_where_they_come_from(public):
    text = words(public.get("/migrate/git/get-repos-r"))
    assert re.search(r"subject|description", text)
    assert "Field by field" in text
    assert "git.sr.ht/REPOSITORIES:RO" in text
    assert "https://git.example.org/api/repos/weather" in text
    assert "https://git.example.org/query" in text


def test_deadlines_are_told(public):
    text = words(public.get("/migrate/git/get-repos-r-refs"))
    assert "Sunset 1 Feb 2027 (in 17 days)" in text
    assert "Removal 1 Jun 2027 (in 137 days)" in text
    assert "not set" in words(public.get("/migrate/hg/get-repos"))


def test_the_era_is_the_configured_one_unless_asked(public):
    def chosen(client, query=""):
        text = client.get(f"/migrate/git/get-repos-r-refs{query}").text
        return re.search(r'aria-current="true">(\d{4})<', text)[1]

    old = kit.client(None, "[git.sr.ht::shim]\nera = 2024\n", password="")
    assert (chosen(public), chosen(old)) == ("2026", "2024")
    assert (chosen(public, "?era=2024"), chosen(old, "?era=2026")) == ("2024", "2026")


@pytest.mark.parametrize("era", ["2025", "", "<b>", "auto"])
def test_an_era_that_is_none_is_refused(public, era):
    answer = public.get("/migrate/git/get-repos", query_string={"era": era})
    assert answer.status_code == 400
    assert "2024, 2026" in answer.text


@pytest.mark.parametrize(
    ("path", "meant"),
    [
        ("git/get-repo", "git/get-repos"),
        ("git/get-repos-r-ref", "git/get-repos-r-refs"),
        ("todo/get-repos-r-refs", "git/get-repos-r-refs"),
        ("gti/get-user", "git/get-user"),
    ],
)
def test_what_is_not_there_leads_to_what_may_be_meant(public, path, meant):
    answer = public.get(f"/migrate/{path}")
    assert answer.status_code == 404
    assert f'href="/migrate/{meant}"' in answer.text


@pytest.mark.parametrize("slug", ["zzzzzzzz", "x" * 5000, "%3Cscript%3E"])
def test_what_is_like_nothing_leads_to_the_index(public, slug):
    answer = public.get(f"/migrate/{slug}/{slug}")
    assert answer.status_code == 404
    assert 'href="/migrate/"' in answer.text
    assert slug not in answer.text


def test_the_calendar_is_for_everybody(public):
    answer = public.get("/sunset.ics")
    assert answer.content_type == "text/calendar; charset=utf-8"
    begins = [str(event["summary"]) for event in Calendar.from_ical(answer.data).walk("VEVENT")]
    assert any("removed" in summary for summary in begins)
