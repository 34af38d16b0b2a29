"""Each page as HTML, CSV and JSON, and its rows in pages of bounded size."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import dataclass

import pytest
from flask import Blueprint

from shim.pages import formats
from tests.pages import kit

PAGES = [
    "/usage",
    "/usage/endpoints",
    "/usage/endpoints/git/get-repos-r-refs",
    "/usage/callers",
    "/usage/callers/alice",
    "/usage/calendar",
    "/usage/parity",
]


def table(answer):
    """The rows of a CSV by column."""
    return list(csv.DictReader(io.StringIO(answer.text, newline="")))


@pytest.mark.parametrize("path", PAGES)
def test_every_page_links_to_its_other_formats_and_they_tell_the_same(reader, path):
    page = reader.get(path)
    assert page.content_type == "text/html; charset=utf-8"
    assert f'href="{path}.csv"' in page.text
    assert f'href="{path}.json"' in page.text
    rows, told = table(reader.get(f"{path}.csv")), reader.get(f"{path}.json").json
    assert len(rows) == len(told["rows"]) == told["total"]
    for row, other in zip(rows, told["rows"], strict=True):
        assert list(row) == list(other)
        assert row["service" if "service" in row else "caller"].lstrip("'") == other.get("service", other.get("caller"))


def test_csv_is_a_file_with_a_name(reader):
    answer = reader.get("/usage/endpoints/git/get-repos.csv")
    assert answer.content_type == "text/csv; charset=utf-8"
    assert answer.headers["Content-Disposition"] == "attachment; filename=usage-endpoints-git-get-repos.csv"


@pytest.mark.parametrize("path", ["/usage/callers.csv", "/usage/endpoints/git/get-repos.csv"])
def test_no_cell_is_a_formula(reader, path):
    cells = [cell for row in table(reader.get(path)) for cell in row.values()]
    assert f"'{kit.FORMULA}" in cells
    assert [cell for cell in cells if cell[:1] in "=+-@\t\r" and cell] == []


def test_times_are_in_utc(reader):
    told = reader.get("/usage.json").json
    assert told["since"] == "2026-12-16T08:00:00Z"
    assert told["until"] == "2027-01-15T08:30:00Z"
    assert told["series"][-1] == {"begin": "2027-01-15T00:00:00Z", "calls": told["series"][-1]["calls"]}
    assert told["top_callers"][0]["last_call"] == "2027-01-15T07:01:00Z"
    agents = reader.get("/usage/callers/ci.bot.json").json["agents"]
    assert agents == [{"agent": "curl/8.5.0", "calls": 3725, "last_call": "2027-01-15T07:01:00Z"}]
    assert table(reader.get("/usage.csv"))[0]["ends"] == "2027-02-01T00:00:00Z"


def test_a_name_that_ends_like_a_format_has_its_page_too(reader):
    (link,) = [part for part in reader.get("/usage/callers").text.split('"') if "web.json" in part and "/usage" in part]
    page = reader.get(link)
    assert page.content_type.startswith("text/html")
    assert "<h1>~web.json</h1>" in page.text
    assert reader.get("/usage/callers/web.json.json").json["caller"] == "web.json"


@dataclass(frozen=True)
class Row:
    """A row."""

    number: int


@pytest.fixture(scope="module")
def long(filled):
    """A reader of a page with 12,345 rows, which takes a period."""
    blueprint = Blueprint("long", __name__)
    rows = [Row(number) for number in range(12_345)]

    @formats.page(blueprint, "/long")
    def long():
        return formats.Page("callers.html", "Long", Row, rows)

    client = kit.client(filled)
    client.application.register_blueprint(blueprint)
    return client


def test_one_answer_holds_a_bounded_number_of_rows_and_leads_to_the_others(long):
    seen, path = [], "/long.json?since=7d"
    while path:
        answer = long.get(path)
        part = answer.json
        seen += [row["number"] for row in part["rows"]]
        assert len(part["rows"]) <= 5000
        assert answer.headers.get("Link") == (f'<{part["next"]}>; rel="next"' if part["next"] else None)
        path = part["next"]
        assert path is None or "since=7d" in path
    assert seen == list(range(12_345))


def test_csv_leads_on_by_its_header(long):
    answer = long.get("/long.csv?page=2")
    assert len(table(answer)) == 5000
    assert answer.headers["Link"] == '</long.csv?page=3>; rel="next"'


@pytest.mark.parametrize("page", ["0", "-1", "x", "1e3", "²", "10001", "9" * 5000, ""])
def test_a_page_that_is_no_number_is_refused(long, page):
    answer = long.get("/long.json", query_string={"page": page})
    assert answer.status_code == 400
    assert answer.json["error"] == "page is a number from 1 to 10000."


def test_a_page_behind_the_last_is_empty(long):
    assert long.get("/long.json?page=10000").json["rows"] == []


@pytest.mark.parametrize("since", ["x", "0d", "-1d", "30", "30D", "3651w", "99999d", "1d ", "\u0661d", "d", ""])
@pytest.mark.parametrize("path", ["/usage", "/usage/endpoints", "/usage/callers", "/usage/callers/alice"])
def test_a_period_that_is_none_is_refused_and_told_how_to_write_it(reader, path, since):
    answer = reader.get(f"{path}.json", query_string={"since": since})
    assert answer.status_code == 400
    assert "30d" in answer.json["error"]
    assert reader.get(path, query_string={"since": since}).status_code == 400


@pytest.mark.parametrize(("since", "calls"), [("1h", 220), ("2h", 220), ("1d", 267), ("1w", None), ("520w", None)])
def test_only_the_calls_of_the_period_count(reader, since, calls):
    rows = {row["caller"]: row["calls"] for row in reader.get(f"/usage/callers.json?since={since}").json["rows"]}
    busy = rows["alice"] - 4 + rows.get("ci.bot", 0)
    assert busy == calls if calls else busy > 220


def test_links_keep_the_period(reader):
    text = reader.get("/usage?since=7d").text
    for path in ("/usage/callers", "/usage/callers/alice", "/usage/endpoints/git/get-repos"):
        assert f'href="{path}?since=7d"' in text
    assert "/usage.csv?since=7d" in text


def test_links_work_below_a_prefix(filled):
    client = kit.client(filled, kit.ENDS)
    for path in ("/usage", "/usage/callers/alice", "/migrate/", "/migrate/git/get-repos", "/migrate/git/nothing"):
        text = client.get(path, environ_overrides={"SCRIPT_NAME": "/shim"}).text
        links = [part.partition('"')[0] for part in text.split('href="')[1:]]
        assert [link for link in links if not link.startswith(("/shim/", "#", "data:"))] == []
    told = json.loads(
        client.get("/usage/endpoints/git/get-repos.json", environ_overrides={"SCRIPT_NAME": "/shim"}).data
    )
    assert told["migrate"] == "/shim/migrate/git/get-repos"
