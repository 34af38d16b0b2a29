"""What both databases promise."""

from __future__ import annotations

COUNT = (
    "INSERT INTO losses (hour, reason, calls) VALUES (:hour, :reason, :calls)"
    " ON CONFLICT (hour, reason) DO UPDATE SET calls = losses.calls + excluded.calls"
)


def counted(store):
    return store.read("SELECT SUM(calls) AS calls FROM losses")[0]["calls"]


def test_rows_come_by_column(store):
    assert store.write(lambda s: s.run(COUNT, hour=3600, reason="full", calls=2)) == 1
    assert store.read("SELECT hour, reason, calls FROM losses") == [{"hour": 3600, "reason": "full", "calls": 2}]


def test_counts_add_up_and_a_sum_is_a_whole_number(store):
    rows = [{"hour": 3600 * (n % 3), "reason": "full", "calls": n} for n in range(100)]
    store.write(lambda s: s.many(COUNT, rows))
    store.write(lambda s: s.many(COUNT, iter(rows)))
    assert counted(store) == 9900
    assert isinstance(counted(store), int)
    assert store.read("SELECT AVG(calls) AS mean FROM losses") == [{"mean": 3300.0}]
