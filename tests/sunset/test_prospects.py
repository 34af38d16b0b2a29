"""What a caller uses, and what becomes of it."""

from __future__ import annotations

from datetime import datetime, timezone

from shim.sunset.prospects import Prospects
from shim.usage.report import Report
from tests.sunset.kit import backends
from tests.usage.kit import HOUR, NOW, put


class Counted:
    """A store that counts the questions to it."""

    def __init__(self, store):
        self._store, self.questions = store, 0

    def read(self, sql, **values):
        self.questions += 1
        return self._store.read(sql, **values)


def test_who_uses_everything_costs_the_store_no_more_questions(store):
    known = backends()
    slugs = [(name, endpoint.slug) for name, backend in known.items() for endpoint in backend.service]
    put(store, *({"service": name, "endpoint": slug, "agent": f"{slug}/1"} for name, slug in slugs))
    put(store, {"service": "git", "endpoint": "get-repos", "caller": "bob", "agent": "bobbot/1"})
    counted = Counted(store)
    found = Prospects(Report(counted, lambda: NOW), known, datetime.fromtimestamp(NOW, timezone.utc)).of(
        ("ann",), 0, NOW + HOUR
    )
    assert counted.questions <= 2
    assert [[agent.agent for agent in prospect.agents] for prospect in found] == [
        [f"{prospect.use.endpoint}/1"] for prospect in found
    ]
    assert len(found) == len(slugs)
