from __future__ import annotations

import time

import pytest
from rich.console import Console

from bench import load
from bench.asks import MIXED
from bench.fatal import Death, Fatal, Figures
from bench.load import Client, Notes
from bench.safety import Report, run
from shim.sandbox.instance import Instance


def clients_of(upstream: Fatal, notes: Notes, seed: int = 1) -> Client:
    """A client that asks an upstream server itself: it answers any GET."""
    return Client(lambda: ("127.0.0.1", upstream.servers["git"].port), "token", notes, seed)


def test_answers_are_noted_by_service_and_status(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(load, "HANGS_UP", 0)
    monkeypatch.setattr(load, "SLOW", 0)
    notes, upstream = Notes(), Fatal(["git"], network_key=Instance().network_key)
    with upstream.running():
        for ask in (MIXED["git"][0], MIXED["hg"][0]):
            clients_of(upstream, notes).send(ask)
    assert notes.answers == {("git", "200"): 1, ("hg", "200"): 1}
    assert upstream.figures.deaths == []


def test_slow_clients_are_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(load, "SLOW", 1)
    monkeypatch.setattr(load, "_RETRY", 0)
    notes, upstream = Notes(), Fatal(["git"], network_key=Instance().network_key)
    with upstream.running():
        clients_of(upstream, notes).send(MIXED["git"][0])
    assert notes.answers == {("slow client", "200"): 1}


def test_clients_that_hang_up_would_kill_what_they_ask(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(load, "HANGS_UP", 1)
    notes, upstream = Notes(), Fatal(["git"], network_key=Instance().network_key, pause=(0.0, 0.0))
    with upstream.running():
        client = clients_of(upstream, notes)
        while not upstream.figures.deaths:
            try:
                client.send(MIXED["git"][0])
            except ConnectionError:
                notes.ended("cut")
    assert upstream.figures.causes == {"abandoned": 1}
    assert notes.ends["hung up"] >= 1
    assert notes.answers == {}


def shown(report: Report) -> str:
    console = Console(width=200)
    with console.capture() as text:
        for table in report.tables():
            console.print(table)
    return text.get()


def test_a_death_fails_the_run_and_is_told() -> None:
    notes, figures = Notes(), Figures()
    notes.answered("git", "200", 0.25)
    notes.ended("hung up")
    assert Report(notes, figures).passed
    figures.deaths.append(Death("git", "abandoned", "Tree", time.time()))
    report = Report(notes, figures, {"git": 7}, 41, (50.0, 60.4), [2.0, None])
    assert not report.passed
    words = " ".join(shown(report).split())
    assert "git 1 0.25 0.25 0.25 7" in words
    assert "deaths upstream 1 git: abandoned 1" in words
    assert "requests hung up 1" in words
    assert "50 MiB before, 60 MiB after" in words
    assert "2.0 s, killed" in words


@pytest.mark.safety
@pytest.mark.parametrize("era", ["2024", "2026"])
def test_no_client_kills_a_server_behind_the_shim(era: str) -> None:
    report = run(seconds=6, clients=12, era=era)
    assert report.figures.by_service == {}
    assert None not in report.stops
    assert report.notes.ends["no answer in time"] == 0
    answered = {service for service, status in report.notes.answers if status in ("200", "201")}
    assert answered == {*MIXED, "slow client"}


@pytest.mark.safety
def test_a_call_is_not_given_up_with_its_callers_deadline() -> None:
    report = run(seconds=6, clients=16, deadline="300ms")
    assert report.figures.causes["abandoned"] == 0
