"""Commits and tags as go-git reads them, its faults included."""

from __future__ import annotations

from datetime import datetime

import pytest

from shim.sandbox.services.git.decode import CommitData, Person, TagData

TREE = b"tree " + b"2" * 40 + b"\n"
WHO = b"A <a@example.org> 100 +0000"
HEADER = TREE + b"parent " + b"3" * 40 + b"\nauthor " + WHO + b"\ncommitter " + WHO + b"\n"


@pytest.mark.parametrize(
    ("line", "name", "email", "time"),
    [
        (b"A B <a@example.org> 100 +0130", "A B", "a@example.org", "1970-01-01T01:31:40+01:30"),
        (b"A <a> 100 -0330", "A", "a", "1969-12-31T20:31:40-03:30"),
        (b" <> 0 +0000", "", "", "1970-01-01T00:00:00+00:00"),
        (b"A <b> <a> 100", "A <b>", "a", "1970-01-01T00:01:40+00:00"),
        (b"\xe4 <a\xff> 100 +0000", "\udce4", "a\udcff", "1970-01-01T00:01:40+00:00"),
    ],
)
def test_signatures(line: bytes, name: str, email: str, time: str) -> None:
    assert Person.decode(line) == Person(name, email, datetime.fromisoformat(time))


@pytest.mark.parametrize("line", [b"", b"A a@example.org 100 +0000", b">A< 100 +0000"])
def test_what_is_no_signature_is_empty(line: bytes) -> None:
    assert Person.decode(line) == Person()


@pytest.mark.parametrize("end", [b"", b" now", b" 99999999999999999999 +0000"])
def test_a_signature_without_a_time(end: bytes) -> None:
    assert Person.decode(b"A <a>" + end) == Person("A", "a", None)


def test_a_commit() -> None:
    commit = CommitData.decode(HEADER + b"encoding latin1\n\nm\xe4\n\nmore\n")
    assert (commit.tree, commit.parents) == ("2" * 40, ("3" * 40,))
    assert commit.author == commit.committer == Person.decode(WHO)
    assert commit.message == "m\udce4\n\nmore\n"


def test_a_commits_signature_is_no_part_of_its_message() -> None:
    signed = b"gpgsig -----BEGIN PGP SIGNATURE-----\n \n x\n -----END PGP SIGNATURE-----\n"
    assert CommitData.decode(HEADER + signed + b"\nmessage\n").message == "message\n"


def test_a_merge_tags_blank_line_ends_the_header() -> None:
    tag = b"mergetag object " + b"4" * 40 + b"\n type commit\n tag v1\n tagger T <t> 5 +0000\n \n of the tag\n"
    assert CommitData.decode(HEADER + tag + b"\nmessage\n").message == " of the tag\n\nmessage\n"


def test_a_commit_of_nothing() -> None:
    assert CommitData.decode(b"") == CommitData("", (), Person(), Person(), "")


@pytest.mark.parametrize("signature", [b"", b"-----BEGIN PGP SIGNATURE-----\nx\n-----END PGP SIGNATURE-----\n"])
def test_a_tag(signature: bytes) -> None:
    data = b"object " + b"5" * 40 + b"\ntype tree\ntag v1\ntagger " + WHO + b"\n\nnotes\n" + signature
    assert TagData.decode(data) == TagData("5" * 40, "tree", "v1", Person.decode(WHO), "notes\n")


def test_a_tag_by_nobody() -> None:
    assert TagData.decode(b"object x\ntype commit\ntag v0\n\n") == TagData("x", "commit", "v0", Person(), "")
