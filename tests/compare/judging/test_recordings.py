"""Every recording of the project can be read, and equals an answer that fills in its symbols."""

from __future__ import annotations

import json
import re
import uuid
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from shim.compare.cassettes.cassette import load
from shim.compare.cassettes.exchange import Exchange
from shim.compare.cassettes.finding import find
from shim.compare.judging.difference import Expected, compare
from shim.compare.stand.credentials import Credentials
from shim.recordings.answer import Answer
from shim.recordings.symbols import Names
from tests.compare.kit import KEYS

FIXTURES = Path(__file__).parents[3] / "fixtures"
SERVICES = sorted({path.parts[-4] for path in find(FIXTURES)})
NOW = datetime(2026, 11, 25, 12, 0, 0, tzinfo=timezone.utc)
SAMPLES = {
    "nonce": "0011223344556677",
    "signature": "A" * 86 + "==",
    "date": "Wed, 25 Nov 2026 12:00:00 GMT",
    "repos": "/var/lib/repos",
    "token-partial": "00112233",
    "access-token": "A" * 40,
    "exchange": "001122334455",
    "seconds": "31622400",
    "unix": "1795608000",
}
SYMBOL = re.compile(r"\{(now|uuid|UUID|token|[a-z-]+)(\+\d+d)?(?::(\w+))?\}")


def filled(text: str) -> str:
    """A text with a value in place of each symbol, the same for the same symbol."""

    def value(found: re.Match[str]) -> str:
        name, days, tag = found.groups()
        if name == "now":
            moment = NOW + timedelta(days=int(days[1:-1]) if days else 0)
            return moment.strftime("%Y-%m-%dT%H:%M:%SZ" if tag == "rfc3339" else "%Y-%m-%dT%H:%M:%S+00:00")
        made = uuid.uuid5(uuid.NAMESPACE_OID, tag or "")
        return {"uuid": str(made), "token": made.hex}.get(name, SAMPLES.get(name, found[0]))

    return SYMBOL.sub(value, text)


def answered(exchange: Exchange) -> Answer:
    recorded = exchange.recorded
    headers = {name: filled(value) for name, value in recorded.headers.items()}
    return Answer(recorded.status, headers, recorded.body if recorded.text is None else filled(recorded.text).encode())


@pytest.mark.parametrize("service", SERVICES)
def test_recordings_are_understood(service: str) -> None:
    dataset = json.loads((FIXTURES / service / "data" / "dataset.json").read_bytes())
    credentials = Credentials(service, dataset, KEYS)
    users = "|".join(user["username"] for user in dataset["users"])
    symbolic = re.compile(rf"\{{({users})(/\w+)?\}}|\{{uuid")
    for path in find(FIXTURES):
        if path.parts[-4] == service:
            names = Names(NOW.timestamp)
            for exchange in load(path).exchanges:
                answer = answered(exchange)
                if answer != exchange.recorded:
                    assert compare(Expected.recorded(exchange.recorded), answer, names) is None, (path, exchange)
                sent = credentials.fill(exchange.request, names)
                assert not symbolic.search(f"{sent.url}{sent.headers}"), (path, exchange)
