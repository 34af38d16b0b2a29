"""Rebuilding objects (git 4.8, 4.9) and showing them (3.4, 3.5, 3.7), with the contract's vectors."""

import codecs
import hashlib
from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shim.services.git.blob import is_binary
from shim.services.git.objects import ENCODINGS, git_order, object_id, rebuilt_commit, rebuilt_tag, rebuilt_tree
from shim.services.git.resources import Commit, Tree

T15 = {
    "id": "b5493de79e767fa2bde2704fc933124a939584b2",
    "short_id": "b5493de",
    "message": "README: describe forecasts\n\nCloses: https://todo.example.org/~alice/weather/7\n",
    "author": {"name": "Bob Tester", "email": "bob@example.net", "time": "2024-09-18T15:30:05-04:00"},
    "committer": {"name": "Alice Example", "email": "alice@example.org", "time": "2024-09-18T22:01:02+02:00"},
    "tree": {"id": "273d74056211484afc47153029a711c042fa8046"},
    "parents": [{"id": "4b418043a93ee9881510047996e4d530486263ea"}],
}
T9 = [
    ("README.md", "4103e4c6fa4392a59a6a55507fa13d9fb6bf3f28", 33188),
    ("icon.bin", "f584f4041fdb85307f985f76fce8c128a0d12921", 33188),
    ("lib", "3d51c066f67b3e0d7ecd4c29075863617202a4c3", 16384),
    ("lib-extra.txt", "0f2287157f7cb0dd40498c7a92f74b6975fa2d57", 33188),
    ("lib.md", "bfa655111293037a5564088d1a9bbca4cbcf446b", 33188),
    ("run.sh", "e37f89b3b76e73e0d000552c897006f0b8ba1b76", 33261),
    ("src", "ed46dd19f6204c92947780231982716d4016b9bb", 16384),
]


def entries(rows):
    return [{"name": name, "id": oid, "mode": mode} for name, oid, mode in rows]


def as_commit(content, **told):
    """What GraphQL would tell of a commit with this content."""
    return {**T15, **told, "id": object_id("commit", content)}


def content_of(commit, extra=b""):
    return rebuilt_head(commit) + extra + b"\n" + commit["message"].encode("utf-8", "surrogateescape")


def rebuilt_head(commit):
    lines = [f"tree {commit['tree']['id']}", *(f"parent {p['id']}" for p in commit["parents"])]
    for who in ("author", "committer"):
        person = commit[who]
        when = datetime.fromisoformat(person["time"])
        offset = when.strftime("%z")
        lines.append(f"{who} {person['name']} <{person['email']}> {int(when.timestamp())} {offset}")
    return "\n".join(lines).encode() + b"\n"


def test_t15_a_commit_is_rebuilt_to_the_byte():
    content, encoding = rebuilt_commit(T15)
    assert (len(content), encoding) == (287, None)
    assert b"author Bob Tester <bob@example.net> 1726687805 -0400\n" in content


def test_a_signed_commit_is_not_rebuilt():
    signed = content_of(T15, b"gpgsig -----BEGIN\n x\n")
    assert rebuilt_commit(as_commit(signed)) is None


def test_a_commit_in_another_encoding_is_found_out_and_decoded():
    latin = T15 | {"message": "caf\udce9\n"}
    told = as_commit(content_of(latin, b"encoding ISO-8859-1\n"), message=latin["message"])
    assert rebuilt_commit(told)[1] == "ISO-8859-1"
    assert Commit().dump(told)["message"] == "caf\u00e9\n"


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_a_plain_commit_with_an_encoding_is_rebuilt(encoding):
    codecs.lookup(encoding)
    told = as_commit(content_of(T15, f"encoding {encoding}\n".encode()))
    assert rebuilt_commit(told)[1] == encoding


@pytest.mark.parametrize(("encoding", "text"), [("ISO-2022-JP", "\u65e5\u672c\n"), ("Big5", "\u4e2d\u6587\n")])
def test_a_message_in_another_encoding_is_decoded(encoding, text):
    message = text.encode(encoding).decode("utf-8", "surrogateescape")
    told = as_commit(content_of(T15 | {"message": message}, f"encoding {encoding}\n".encode()), message=message)
    assert Commit().dump(told)["message"] == text


def test_a_nul_ends_a_message():
    assert Commit().dump({**T15, "message": "a\0b\n"})["message"] == "a"


def test_bytes_that_are_no_utf8_are_replaced_where_no_encoding_proves_itself():
    told = {**T15, "message": "caf\udce9\n", "id": "0" * 40}
    assert Commit().dump(told)["message"] == "caf\ufffd\n"


@pytest.mark.parametrize("zone", ["+0000", "-0000"])
def test_both_ways_to_write_no_offset_are_tried(zone):
    content = content_of(T15).replace(b"-0400", zone.encode(), 1).replace(b"1726687805", b"1726673405", 1)
    author = {**T15["author"], "time": "2024-09-18T15:30:05Z"}
    assert rebuilt_commit(as_commit(content, author=author))[0] == content


def test_a_commit_as_old_clients_see_it():
    assert Commit().dump(T15) == {
        "id": T15["id"],
        "short_id": "b5493de",
        "author": {"email": "bob@example.net", "name": "Bob Tester"},
        "committer": {"email": "alice@example.org", "name": "Alice Example"},
        "timestamp": "2024-09-18T19:30:05+00:00",
        "message": T15["message"],
        "tree": T15["tree"]["id"],
        "parents": ["4b418043a93ee9881510047996e4d530486263ea"],
        "signature": None,
    }


@pytest.mark.parametrize(
    ("told", "shown"),
    [('."Dr." O\'Neill;', "Dr.\" O'Neill"), ("  spaced@example.org ", "spaced@example.org"), ("", ""), ("a.b", "a.b")],
)
def test_names_lose_their_rims(told, shown):
    person = {**T15["author"], "name": told}
    assert Commit().dump({**T15, "author": person})["author"]["name"] == shown


def test_t9_a_tree_is_proven_and_ordered_as_git_orders_it():
    content = rebuilt_tree("273d74056211484afc47153029a711c042fa8046", entries(T9))
    assert content is not None
    names = [entry["name"] for entry in git_order(entries(T9))]
    assert names == ["README.md", "icon.bin", "lib-extra.txt", "lib.md", "lib", "run.sh", "src"]


def test_a_tree_that_misses_an_entry_is_not_that_tree():
    assert rebuilt_tree("273d74056211484afc47153029a711c042fa8046", entries(T9[:-1])) is None


@given(
    st.dictionaries(
        st.binary(min_size=1, max_size=8).filter(lambda n: b"/" not in n and b"\0" not in n),
        st.sampled_from([0o100644, 0o40000, 0o160000]),
        max_size=30,
    )
)
def test_any_tree_comes_out_in_gits_order_and_hashes_to_its_id(names):
    rows = [(name.decode("utf-8", "surrogateescape"), "ab" * 20, mode) for name, mode in names.items()]
    expected = b"".join(
        b"%o %s\0%s" % (mode, name, b"\xab" * 20)
        for name, mode in sorted(names.items(), key=lambda item: item[0] + b"/" * (item[1] == 0o40000))
    )
    oid = hashlib.sha1(b"tree %d\0" % len(expected) + expected).hexdigest()  # noqa: S324
    assert rebuilt_tree(oid, entries(rows)) == expected


@pytest.mark.parametrize(
    ("mode", "kind", "shown"),
    [
        (0o100664, "blob", 33188),
        (0o100755, "blob", 33261),
        (0o100775, "blob", 33261),
        (0o120000, "blob", 40960),
        (0o40000, "tree", 16384),
        (0o160000, "commit", 57344),
    ],
)
def test_modes_and_types_of_entries(mode, kind, shown):
    tree = {"id": "x", "short_id": "y", "entries": [{"name": "n", "id": "z", "mode": mode}]}
    assert Tree().dump(tree)["entries"] == [{"name": "n", "id": "z", "type": kind, "mode": shown}]


def test_an_unsigned_tag_is_rebuilt():
    content = (
        b"object 4b418043a93ee9881510047996e4d530486263ea\ntype commit\ntag v1.0\n"
        b"tagger Alice Example <alice@example.org> 1717318800 +0200\n\nRelease 1.0\n"
    )
    tag = {
        "id": object_id("tag", content),
        "tagName": "v1.0",
        "tagMessage": "Release 1.0\n",
        "tagger": {"name": "Alice Example", "email": "alice@example.org", "time": "2024-06-02T11:00:00+02:00"},
        "target": {"__typename": "Commit", "id": "4b418043a93ee9881510047996e4d530486263ea"},
    }
    assert rebuilt_tag(tag) == content
    assert rebuilt_tag({**tag, "tagMessage": "other\n"}) is None


@pytest.mark.parametrize(
    ("content", "binary"),
    [
        (b"", False),
        (b"text\n", False),
        (b"text with\0nul\n", True),
        (b"caf\xe9 \xfc\n", False),
        (b"\xff\xfeh\0i\0", True),
        (b"\xef\xbb\xbfBOM text\n", False),
        (b"\x01\x02\x03\x04 control\n", True),
        (b"\x1b[1mbold\x1b[0m\b\f", False),
        (b"a" * 128 + b"\x01", False),
        (b"a" * 127 + b"\x01", True),
        (b"a" * 8000 + b"\0", False),
        (b"\r\n\t\v", False),
    ],
)
def test_libgit2s_test_for_binary_content(content, binary):
    assert is_binary(content) is binary


@given(st.integers(-12 * 60, 14 * 60), st.integers(0, 2**31))
def test_a_signature_keeps_its_instant_in_any_offset(minutes, seconds):
    when = datetime.fromtimestamp(seconds, timezone(timedelta(minutes=minutes)))
    author = {**T15["author"], "time": when.isoformat().replace("+00:00", "Z")}
    told = T15 | {"author": author}
    content = content_of(told)
    assert rebuilt_commit({**told, "id": object_id("commit", content)})[0] == content
