from __future__ import annotations

import json
from io import BytesIO

import pytest
from rich.console import Console

from bench.canned import Canned, _posted
from bench.cases import CASES
from bench.cost import Cost, Report, run
from bench.recording import Recording
from shim.services import discover

KEY = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="
OPERATIONS = {service.name: service.operations for service in discover()}


def posted(service, name, **variables):
    text = OPERATIONS[service].of(name, "2024").text
    return json.dumps({"query": text, "variables": variables, "operationName": name}).encode()


def test_the_canned_api_tells_fifty_rows_and_makes_them_up_once():
    canned = Canned("git", KEY)
    answers = [canned.answer(posted("git", "Repositories", u="jdoe", n=1000, cursor=cursor)) for cursor in (None,) * 2]
    head, _, body = answers[0].partition(b"\r\n\r\n")
    assert f"Content-Length: {len(body)}".encode() in head
    assert len(json.loads(body)["data"]["owner"]["repositories"]["results"]) == 50
    assert answers[0] is answers[1]


@pytest.mark.parametrize(
    "request_",
    [
        b"POST /query HTTP/1.1\r\ncontent-length: 8\r\n\r\ndocumentPOST",
        b"POST /query HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\ndoc\r\n5\r\nument\r\n0\r\n\r\nPOST",
        b"POST / HTTP/1.1\r\nContent-Length: 38\r\n\r\n--b\r\nname: operations\r\n\r\ndocument\r\n--bPOST",
    ],
)
def test_the_canned_api_reads_whatever_is_posted(request_):
    source = BytesIO(request_)
    assert _posted(source) == b"document"
    assert source.read() == b"POST"


def test_ratios_are_medians_of_ratios_within_a_round():
    report = Report()
    first, page = CASES[0].name, CASES[1].name
    for shim, thin, other in ((1.0, 1.0, 2.0), (4.0, 2.0, 12.0), (2.0, 1.0, 5.0)):
        report.rounds[first]["shim"].append(Cost(shim, 100 / shim))
        report.rounds[first]["thin"].append(Cost(thin, 100 / thin))
        report.rounds[page]["shim"].append(Cost(other, 100 / other))
        report.rounds[page]["thin"].append(Cost(1.0, 100.0))
    assert (report.processor(first), report.processor(first, "thin")) == (2.0, 1.0)
    assert (report.rate(first), report.rate(page)) == (0.5, 0.2)
    assert (report.to_first(page), report.to_thin(first), report.to_thin(page)) == (2.5, 2.0, 5.0)
    console = Console(width=120)
    with console.capture() as text:
        console.print(report.table())
    assert f"{page} 5.00 1.00 5.00 0.20 2.50 to one <= 1.4" in " ".join(text.get().split())
    report.recording = Recording({"with": [Cost(1.0, 1.0)], "without": [Cost(1.0, 1.0)]})
    assert report.facts()["cases"][page]["rounds"]["shim"][0] == {"processor": 2.0, "rate": 50.0}


def test_what_recording_costs_is_what_it_adds_by_what_a_request_takes():
    recording = Recording(added={"telling": 0.01, "writing": 0.03})
    for plain, recorded in ((1.0, 1.5), (2.0, 2.0), (9.0, 9.9)):
        recording.served["without"].append(Cost(plain, 1 / plain))
        recording.served["with"].append(Cost(recorded, 1 / recorded))
    assert recording.ratio() == pytest.approx(1.02)
    assert recording.rate() == pytest.approx(9.0 / 9.9)
    assert recording.facts()["served"]["with"][0] == {"processor": 1.5, "rate": 1 / 1.5}


@pytest.mark.safety
def test_every_case_is_answered_by_both_servers():
    report = run(rounds=1, share=0.01)
    for case in CASES:
        costs = {server: costs[0] for server, costs in report.rounds[case.name].items()}
        assert set(costs) == {"shim", "thin"}
        assert all(cost.processor > 0 and cost.rate > 0 for cost in costs.values())
    assert report.recording.rate() > 0
    assert all(cost > 0 for cost in report.recording.added.values())
    assert sum(report.layers.values()) == pytest.approx(report.processor(CASES[0].name))
