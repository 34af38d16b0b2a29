"""Whole lists from a server that loses two rows of every following page (git F2, 4.8)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shim.services.git import complete

SIZE = 25
NAMES = st.sets(st.text("abcdefghijklmnopqrstuvwxyz-", min_size=1, max_size=6), min_size=26, max_size=150)
OIDS = st.lists(st.text("0123456789abcdef", min_size=40, max_size=40), min_size=1, max_size=6, unique=True)


class Server:
    """Answers as the servers do: the page behind a cursor begins two rows late; cursors fit every list."""

    def __init__(self, names, commits):
        self.names, self.commits = sorted(names), commits

    def references(self, cursor):
        behind = 0 if cursor is None else next((i + 1 for i, n in enumerate(self.names) if n > cursor), len(self.names))
        rows = self.names[behind : behind + SIZE]
        following = self.names[behind + SIZE] if behind + SIZE < len(self.names) else None
        return [{"name": name, "target": "t"} for name in rows], following

    def log(self, cursor):
        begin = 0 if cursor is None else self.commits.index(cursor)
        following = self.commits[begin + 1] if begin + 1 < len(self.commits) else None
        return [{"id": self.commits[begin]}], following

    def lister(self, operation, *path, **variables):
        return self.log if operation == "LogIds" else self.references


def listed(server):
    first, cursor = server.references(None)
    return [row["name"] for row in complete.references(server, "r", {"results": first, "cursor": cursor})]


@given(NAMES, OIDS)
def test_a_list_is_complete_or_refused(names, commits):
    server = Server(names, commits)
    try:
        assert listed(server) == sorted(names)
    except complete.Incomplete:
        page = sorted(names)[:SIZE]
        assert all(not 1 <= sum(n <= c for n in page) <= 24 for c in commits[1:])


def test_a_page_that_is_the_whole_list_needs_no_second_one():
    assert listed(Server([f"n{i:02}" for i in range(25)], [])) == [f"n{i:02}" for i in range(25)]


def test_following_the_servers_own_cursors_alone_would_lose_two():
    server = Server([f"n{i:02}" for i in range(30)], ["0" * 40])
    first, cursor = server.references(None)
    second, _ = server.references(cursor)
    assert len(first) + len(second) == 28
    with pytest.raises(complete.Incomplete):
        listed(server)
