"""Forgetting a user, and telling all rows."""

from __future__ import annotations

from shim.usage import keeping
from shim.usage.identity import Identity
from shim.usage.report import Scope
from tests.conftest import NETWORK_KEY
from tests.usage.kit import HOUR, NOW, kept, put

NAMES = Identity("name", NETWORK_KEY)
ALL = Scope(0, NOW + HOUR)


def tell(store, caller):
    sql = "INSERT INTO outreach (caller, state, updated_at) VALUES (:caller, 'told', 0)"
    store.write(lambda s: s.run(sql, caller=caller))


def test_a_user_is_forgotten_in_every_form_and_nobody_else_is(store):
    hashed = NAMES.hashed("ann")
    put(store, *({"caller": caller} for caller in ("ann", hashed, "anna", "", "(other)")))
    put(store, *({"hour": NOW - n * HOUR} for n in range(1, 250)))
    for caller in ("ann", hashed, "anna"):
        tell(store, caller)
    assert keeping.forget(store, NAMES, "~ann") == keeping.Forgotten(251, 2)
    assert sorted(kept(store, "caller")) == [("",), ("(other)",), ("anna",)]
    assert store.read("SELECT caller FROM outreach") == [{"caller": "anna"}]
    assert keeping.forget(store, NAMES, "ann") == keeping.Forgotten(0, 0)


def test_a_user_can_be_forgotten_by_hash_alone(store):
    put(store, {"caller": NAMES.hashed("ann")})
    assert keeping.forget(store, Identity("none", None), NAMES.hashed("ann")).rows == 1


def test_all_rows_are_told_once_however_many_they_are(store, monkeypatch):
    monkeypatch.setattr(keeping, "_PIECE", 7)
    put(store, *({"caller": f"u{n}", "hour": NOW - n % 3 * HOUR, "agent": f"a{n % 2}"} for n in range(50)))
    told = list(keeping.rows(store, ALL))
    assert keeping.count(store, ALL) == len(told) == 50
    assert len({row["caller"] for row in told}) == 50
    assert [row["hour"] for row in told] == sorted(row["hour"] for row in told)
    assert set(told[0]) == {*keeping.KEY, "calls", "last_call", "upstream_calls", "bytes", "refused", "rehearsed"}
    assert keeping.count(store, Scope(NOW, NOW + HOUR)) == len(list(keeping.rows(store, Scope(NOW, NOW + HOUR)))) == 17
