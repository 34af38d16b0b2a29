"""Revisions: how go-git splits them, and what it finds."""

from __future__ import annotations

import pytest

from shim.sandbox.engine.errors import FieldError, PanicError
from shim.sandbox.services.git.bare import Bare
from shim.sandbox.services.git.objects import RawObject
from shim.sandbox.services.git.revision import Step, parse, peel, resolve

from . import kit

COMMITS = (
    kit.commit(1, message="first"),
    kit.commit(2, 1, message="second"),
    kit.commit(3, 1, message="third"),
    kit.commit(4, 2, 3, message="merge of the third"),
)


@pytest.fixture
def bare() -> Bare:
    """A merge `b4` of `b2` and `b3`, both made of `b1`; tagged `v4`, and that tag `nested`."""
    made = kit.repository(*COMMITS, kit.tag("v4", 4), "tag nested\nfrom refs/tags/v4\ndata 0\n", head="b4")
    made.refs |= {"refs/remotes/far/HEAD": made.refs["refs/heads/b2"], "refs/x": made.refs["refs/heads/b3"]}
    return made


@pytest.mark.parametrize(
    ("revision", "steps"),
    [
        ("master", [("ref", "master")]),
        ("@", [("head", "HEAD")]),
        ("a/b~2^", [("ref", "a/b"), ("tilde", "2"), ("caret", "")]),
        ("a^{/x y}^{tree}", [("ref", "a"), ("brace", "/x y"), ("brace", "tree")]),
        ("a@{1}:p/q:r", [("ref", "a"), ("at", "1"), ("colon", "p/q:r")]),
    ],
)
def test_steps(revision: str, steps: list[tuple[str, str]]) -> None:
    assert parse(revision) == [Step(*step) for step in steps]


@pytest.mark.parametrize(
    ("revision", "reason"),
    [
        ("a^3", '"3" found must be 0, 1 or 2 after "^"'),
        ("a^{branch}", '"branch" is not a valid revision suffix brace component'),
        ("a^{tree", 'missing "}" in ^{<data>} structure'),
        ("a@b", "reference must be defined once at the beginning"),
        ("~1", '"~" or "^" statement must have a reference defined at the beginning'),
        (".a", 'must not start with "."'),
        ("a..b", 'must not contains ".."'),
        ("a//b", 'must not contains consecutively "/"'),
        ("a b", 'must not contains " "'),
        ("a/", 'must not end with "/"'),
        ("a.lock", "cannot end with .lock"),
    ],
)
def test_revisions_refused(revision: str, reason: str) -> None:
    with pytest.raises(FieldError) as caught:
        parse(revision)
    assert caught.value.message == f"Revision invalid : {reason}"


@pytest.mark.parametrize(
    ("revision", "branch"),
    [
        ("HEAD", "b4"),
        ("@~", "b2"),
        ("b4^2", "b3"),
        ("b4^0", "b4"),
        ("b4~2", "b1"),
        ("b4^^{commit}", "b2"),
        ("b4:any/path", "b4"),
        ("v4", "b4"),
        ("refs/tags/v4^1", "b2"),
        ("far", "b2"),
        ("x", "b3"),
        ("b4^{/third}", "b4"),
        ("b4^{/^third}", "b3"),
        ("b4^{/!-merge}", "b2"),
    ],
)
def test_what_revisions_name(bare: Bare, revision: str, branch: str) -> None:
    assert resolve(bare, revision) == bare.refs[f"refs/heads/{branch}"]


@pytest.mark.parametrize(
    ("revision", "message"),
    [
        ("b9", "reference not found"),
        ("b1^", "EOF"),
        ("b2^2", "EOF"),
        ("nested", "unsupported object type"),
        ("b1^{/!!x}", 'No commit message match regexp : "!x"'),
        ("b1^{/nothing}", 'No commit message match regexp : "nothing"'),
    ],
)
def test_what_is_not_found(bare: Bare, revision: str, message: str) -> None:
    with pytest.raises(FieldError) as caught:
        resolve(bare, revision)
    assert caught.value.message == message


@pytest.mark.parametrize(
    ("pattern", "reason"),
    [
        ("[", ", error parsing regexp: "),
        ("!x", ' sequences starting with "/!" others than those defined are '),
    ],
)
def test_a_pattern_that_is_none(pattern: str, reason: str) -> None:
    with pytest.raises(FieldError, match=f"^Revision invalid : revision suffix brace component{reason}"):
        parse(f"a^{{/{pattern}}}")


@pytest.mark.parametrize("revision", ["", ":/text"])
def test_a_revision_without_a_start_panics(bare: Bare, revision: str) -> None:
    with pytest.raises(PanicError):
        resolve(bare, revision)


def test_a_part_of_an_id_goes_before_a_name(bare: Bare) -> None:
    first, fourth = bare.refs["refs/heads/b1"], bare.refs["refs/heads/b4"]
    bare.refs[f"refs/heads/{first[:7]}"] = fourth
    assert resolve(bare, first[:7].upper()) == first
    assert resolve(bare, f"refs/heads/{first[:7]}") == fourth


def test_packed_objects_are_found_by_a_part_of_their_id_only_while_the_pack_is_open() -> None:
    bare = kit.repository(*COMMITS, packed=True)
    first = bare.refs["refs/heads/b1"]
    assert resolve(bare, first[:7], packs_open=True) == resolve(bare, first) == first
    with pytest.raises(FieldError, match="reference not found"):
        resolve(bare, first[:7])


def test_ids_of_other_objects_are_passed_over(bare: Bare) -> None:
    blob = kit.add(bare, RawObject("blob", b"hello"))
    bare.refs[f"refs/heads/{blob}"] = bare.refs["refs/heads/b1"]
    assert resolve(bare, blob) == bare.refs["refs/heads/b1"]


def test_peeling() -> None:
    data = b"object %s\ntype %s\ntag x\n\n"
    oid = b"1" * 40
    assert peel(Bare.empty(), data % (oid, b"commit")) == oid.decode()
    with pytest.raises(FieldError, match="unsupported object type"):
        peel(Bare.empty(), data % (oid, b"tree"))
