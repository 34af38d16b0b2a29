from __future__ import annotations

import io
import json
from datetime import datetime, timezone
from html.parser import HTMLParser

import pytest
from rich.console import Console

from shim.compare.judging.difference import Difference
from shim.compare.reporting.page import render
from shim.compare.reporting.report import cassette_line, details, document, print_all, shortened, summary
from shim.compare.reporting.result import CassetteResult, Comparison, ExchangeResult, Judgement, Outcome, Totals

EXACT = ExchangeResult(0, "GET", "/a", Judgement(Outcome.EXACT))
DECLARED = ExchangeResult(1, "GET", "/b", Judgement(Outcome.DECLARED, ("rule-a",)))
DIFFERENT = ExchangeResult(
    2,
    "PUT",
    "/c?<x>",
    Judgement(Outcome.DIFFERENT, ("rule-b",), Difference("body $.a", '"<b>"', "[red]\n")),
    "curl -X PUT 'http://h/c?<x>'",
)


def comparison(*exchanges: ExchangeResult, unused: tuple[str, ...] = ()) -> Comparison:
    cassettes = (
        CassetteResult("git/rest/reads/a.yaml", "git", "reads", exchanges),
        CassetteResult("todo/rest/reads/b.yaml", "todo", "reads", skipped="recorded with meta-down"),
    )
    return Comparison("fixtures", "2024", cassettes, unused)


def printed(run: Comparison) -> str:
    console = Console(file=io.StringIO(), width=60, highlight=False, markup=False)
    print_all(console, [*map(cassette_line, run.cassettes), *details(run)])
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_totals_never_round_up_to_all() -> None:
    assert Totals(1999, 0, 1).percent(1999) == 99.9
    assert Totals(5).percent(5) == 100.0
    assert Totals().percent(0) == 0.0


@pytest.mark.parametrize(
    ("exchanges", "verdict"),
    [
        ((EXACT,), "equal"),
        ((EXACT, DECLARED), "deviating as declared"),
        ((EXACT, DECLARED, DIFFERENT), "different"),
        ((), "equal"),
    ],
)
def test_verdicts(exchanges: tuple[ExchangeResult, ...], verdict: str) -> None:
    assert CassetteResult("n", "git", "reads", exchanges).verdict == verdict


def test_the_terminal_shows_cassettes_differences_and_totals() -> None:
    text = printed(comparison(EXACT, DECLARED, DIFFERENT, unused=("rule-c",)))
    for line in (
        "git/rest/reads/a.yaml                                different             1 exact, 1 declared, 1 different",
        "todo/rest/reads/b.yaml                               not run               recorded with meta-down",
        "git/rest/reads/a.yaml #2  PUT /c?<x>",
        "  declared by rule-b, but",
        "  body $.a",
        '    expected  "<b>"',
        "    answered  [red]\\n",
        "  curl -X PUT 'http://h/c?<x>'",
        "deviations: no answer needs the rule rule-c",
    ):
        assert line in text.splitlines()
    assert summary(comparison(EXACT, DECLARED, DIFFERENT)) == (
        "3 exchanges: 1 exact (33.3%), 1 deviating as declared (33.3%), 1 different"
    )


def test_the_json_holds_figures_and_all_that_is_not_exact() -> None:
    told = json.loads(json.dumps(document(comparison(EXACT, DECLARED, DIFFERENT, unused=("rule-c",)))))
    assert told["passed"] is False
    assert told["totals"] == {"exchanges": 3, "exact": 1, "declared": 1, "different": 1, "exact_percent": 33.3}
    assert told["services"]["todo"]["exchanges"] == 0
    assert (told["rules"], told["unused_rules"]) == ({"rule-a": 1}, ["rule-c"])
    assert [item["index"] for item in told["cassettes"][0]["exchanges"]] == [1, 2]
    assert told["cassettes"][0]["exchanges"][1]["difference"] == {
        "where": "body $.a",
        "expected": '"<b>"',
        "found": "[red]\n",
    }
    assert told["cassettes"][1]["skipped"] == "recorded with meta-down"


def test_what_was_derived_and_not_recorded_is_said_everywhere() -> None:
    cassette = CassetteResult("hg/rest/reads/a.yaml", "hg", "reads", (EXACT, EXACT), derived=True)
    run = Comparison("fixtures", "2024", (*comparison(EXACT).cassettes, cassette))
    assert run.derived == 2
    assert "2 exact (derived)" in printed(run)
    assert summary(run).endswith("; 2 derived from a contract, not recorded")
    told = document(run)
    assert (told["derived"], [item["derived"] for item in told["cassettes"]]) == (2, [False, False, True])
    assert "equal, derived" in render(run)


class Reader(HTMLParser):
    """Collects a page's texts, and complains about tags that do not nest."""

    VOID = frozenset({"meta", "link", "br", "img", "input"})

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.texts: list[str] = []
        self.links: list[str] = []
        self.ids: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.links += [value or "" for name, value in attrs if name in {"src", "href"}]
        self.ids += [value or "" for name, value in attrs if name == "id"]
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.append(data.strip())


def test_the_page_stands_alone_and_escapes_what_it_shows() -> None:
    run = comparison(EXACT, DECLARED, DIFFERENT, unused=("rule-c",))
    page = Reader(render(run, datetime(2026, 11, 25, 12, 0, tzinfo=timezone.utc)))
    assert (page.open, page.links) == ([], ["#cassette-1"])
    assert "cassette-1" in page.ids
    text = " ".join(page.texts)
    for part in ("Failed", "2026-11-25 12:00 UTC", "PUT /c?<x>", '"<b>"', "curl -X PUT 'http://h/c?<x>'", "rule-c"):
        assert part in text


def test_a_page_of_equal_answers_has_no_differences() -> None:
    page = render(comparison(EXACT))
    assert "Passed" in page
    assert "Differences" not in page


def test_long_texts_are_shortened() -> None:
    assert shortened("ä\n") == "\\xe4\\n"
    assert shortened("x" * 300) == "x" * 240 + "… (300 characters)"
