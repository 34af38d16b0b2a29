"""The reader of fast-import streams; the ids are those that git makes of the same stream."""

from __future__ import annotations

import pytest

from shim.sandbox.services.git.fastimport import FastImport, StreamError

STREAM = rb"""feature done
blob
mark :1
original-oid 0000000000000000000000000000000000000000
data 3
one
blob
mark :2
data 0

reset refs/heads/master
commit refs/heads/master
mark :3
author A <a@example.org> 100 +0130
committer C <c@example.org> 200 -0130
encoding ISO-8859-1
data 6
first

M 100644 :1 a
M 100755 :2 "d/\303\244 \"q\"\n"
M 120000 inline link
data 1
aM 160000 1111111111111111111111111111111111111111 sub
M 100644 :1 d/e/f

commit refs/heads/master
mark :4
committer C <c@example.org> 300 +0000
data 7
second
D d/e
D nothing

commit refs/heads/side
mark :5
committer C <c@example.org> 400 +0000
data 4
side
from :3
deleteall
M 100644 :1 only

commit refs/heads/master
committer C <c@example.org> 500 +0000
data 5
merge
from :4
merge :5
M 100644 :1 d

tag v1
mark :6
from refs/heads/master
tagger T <t@example.org> 600 +0000
data 3
tag
tag nested
from :6
tagger T <t@example.org> 600 +0000
data 0
reset refs/heads/old
from :3

commit refs/heads/master
mark :7
committer C <c@example.org> 600 +0000
data 1
x
M 100644 :1 d/below/it
M 100644 :2 a

progress done
done
"""


def test_references_are_gits_own() -> None:
    assert FastImport(STREAM).references == {
        b"refs/heads/master": b"1d29e12ef7645fad714a14a618701837b625d1aa",
        b"refs/heads/old": b"ff3f68495e67b9e30a7fc8fa1a17645bb66fbc5d",
        b"refs/heads/side": b"79d137ea463dfdbc164294fc103bf5432d9a1c16",
        b"refs/tags/nested": b"66507b1b80b968b80c4fc2a68bf892cdf08ab030",
        b"refs/tags/v1": b"823c9849ce9e49c68c57301724bddb7cafae38d9",
    }


def test_a_reset_without_a_start_begins_anew() -> None:
    commit = b"commit refs/heads/x\ncommitter C <c> 1 +0000\ndata 0\n"
    once = FastImport(commit).references[b"refs/heads/x"]
    assert FastImport(commit * 2).references[b"refs/heads/x"] != once
    assert FastImport(commit + b"reset refs/heads/x\n" + commit).references[b"refs/heads/x"] == once


@pytest.mark.parametrize(
    "stream",
    [
        b"hello\n",
        b"blob\ndata <<END\nx\nEND\n",
        b"blob\nmark :1\n",
        b"blob\ndata many\n",
        b"commit refs/heads/x\nauthor A <a> 1 +0000\ngpgsig sha1\ndata 0\n",
        b"commit refs/heads/x\ncommitter C <c> 1 +0000\ndata 0\nR a b\n",
        b"tag v1\nfrom refs/heads/x\nmark :1\n",
    ],
)
def test_what_is_no_such_stream(stream: bytes) -> None:
    with pytest.raises(ValueError, match=r"fast-import|invalid literal"):
        FastImport(stream)


def test_the_place_of_a_fault_is_told() -> None:
    with pytest.raises(StreamError, match="'hello' at byte 15"):
        FastImport(b"progress\nhello\n")
