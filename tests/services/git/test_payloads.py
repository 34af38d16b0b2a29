"""What was sent of pushes: the recorded native deliveries of 2026, and what can be known of names."""

from __future__ import annotations

import json
from typing import Any

import pytest
import yaml

from shim.services.events import Untranslatable
from tests.cassettes import FIXTURES
from tests.parity.pairs import NOW, UUID, Pair, translated

PAIR = Pair("git", "2026", "git", 0, "repository")
ONE, TWO, THREE = (digit * 40 for digit in "123")
COUNTED = {
    "author": {"email": "jdoe@example.org", "name": "Jane Ðoe"},
    "committer": {"email": "bob@example.com", "name": "Bob"},
    "signature": None,
}


def commit(oid: str, kind: str = "Commit") -> dict[str, Any]:
    """A commit, or something else of that id."""
    who = {"name": " Jo ", "email": "jo@example.org", "time": "2023-02-28T08:53:22Z"}
    told = {"message": "m\n", "author": who, "committer": who, "tree": {"id": THREE}, "parents": [{"id": TWO}]}
    return {"__typename": kind, "id": oid, **(told if kind == "Commit" else {})}


def tag(name: str, target: dict[str, Any], oid: str = TWO) -> dict[str, Any]:
    """An annotated tag."""
    return {"__typename": "Tag", "id": oid, "tagName": name, "tagMessage": "", "target": target}


def refs(updates: list[dict[str, Any]], present: dict[str, str]) -> Any:
    """What is said of references; `present` are those after the push."""
    rows = [{"name": name, "target": target} for name, target in present.items()]
    event: dict[str, Any] = {"uuid": UUID, "event": "GIT_POST_RECEIVE", "date": NOW}
    event["repository"] = {"id": 1, "references": {"results": rows}}
    event["pusher"] = {"canonicalName": "~jdoe", "username": "jdoe"}
    payload = translated(PAIR, json.dumps({"data": {"webhook": {**event, "updates": updates}}})).payload
    return payload and json.loads(payload)["refs"]


def update(old: Any = None, new: Any = None, name: str | None = None) -> dict[str, Any]:
    """An update of a reference, whose name is told where it was there before and is now."""
    return {"ref": name and {"name": name}, "old": old, "new": new}


def names(*updates: dict[str, Any], **present: str) -> list[str]:
    """The names that are found; references have `_` for a slash."""
    return [ref["name"] for ref in refs(list(updates), {k.replace("_", "/"): v for k, v in present.items()})]


def test_a_recorded_push_of_2026() -> None:
    recorded = yaml.load((FIXTURES / "era2026/git/webhooks/git.yaml").read_bytes(), yaml.CSafeLoader)
    payload = json.loads(translated(PAIR, recorded[0]["body"]).payload or "")
    moved, added, tagged, gone = payload.pop("refs")
    assert payload == {"push": UUID, "push-options": {}, "pusher": {"canonical_name": "~jdoe", "name": "jdoe"}}
    assert list(moved) == ["annotated_tag", "name", "old", "new"]
    assert moved["name"] == "refs/heads/master"
    assert list(moved["new"].items()) == list(
        {
            "id": "d748186d843ce96b6c0c9e58e75da69ca94b1ee1",
            "message": "Count 21\n",
            "parents": ["e620d5ed0e56d8b6b782567dcb33626f45341d87"],
            "short_id": "d748186",
            "timestamp": "2023-11-26T15:03:30+02:00",
            "tree": "dbb6e977f2149192453f6ad7ea109858c4a0d931",
            **COUNTED,
        }.items()
    )
    # The branch is `new`, of which the first 25 references do not tell; others are at the same commit.
    assert (added["name"], added["old"], added["new"]["short_id"]) == ("refs/heads/b02", None, "ee15141")
    assert (tagged["annotated_tag"], tagged["name"], tagged["new"]["short_id"]) == (
        {"name": "v1.0", "message": "Release 1.0\n\nNotes ✓\n"},
        "refs/tags/v1.0",
        "f628a4b",
    )
    assert (gone["name"], gone["old"]["short_id"], gone["new"]) == ("", "f628a4b", None)


def test_no_reference_no_payload() -> None:
    """A push that changes nothing sent nothing (git 6.1)."""
    assert refs([], {}) is None


def test_a_new_reference_is_the_one_at_its_commit() -> None:
    assert names(update(new=commit(ONE)), HEAD="refs/heads/a", refs_heads_a=TWO, refs_notes_x=ONE) == ["refs/notes/x"]
    assert names(update(new=commit(ONE)), refs_heads_a=TWO) == [""]


def test_a_branch_goes_before_others_and_by_name() -> None:
    present = {"refs_changes_1": ONE, "refs_heads_b": ONE, "refs_heads_a": ONE}
    assert names(update(new=commit(ONE)), **present) == ["refs/heads/a"]


def test_the_default_branch_goes_behind_other_branches() -> None:
    present = {"HEAD": "refs/heads/main", "refs_heads_main": ONE, "refs_heads_topic": ONE, "refs_tags_a": ONE}
    assert names(update(new=commit(ONE)), update(new=commit(ONE)), **present) == ["refs/heads/topic", "refs/heads/main"]


def test_what_another_update_has_is_not_taken_again() -> None:
    moved = update(commit(TWO), commit(ONE), "refs/heads/a")
    present = {"refs_heads_a": ONE, "refs_heads_b": ONE, "refs_tags_c": ONE}
    assert names(update(new=commit(ONE)), update(new=commit(ONE)), moved, **present) == [
        "refs/heads/b",
        "refs/tags/c",
        "refs/heads/a",
    ]


def test_a_tag_has_its_own_name_when_new_and_when_gone() -> None:
    new, gone = update(new=tag("v2", commit(ONE))), update(tag("v1", commit(ONE)))
    assert names(new, gone, refs_heads_a=ONE) == ["refs/tags/v2", "refs/tags/v1"]
    assert names(gone, refs_tags_v1=TWO) == [""]


@pytest.mark.parametrize(
    "side",
    [
        commit(ONE, "Tree"),
        commit(ONE, "TextBlob"),
        tag("t", tag("inner", commit(ONE)), THREE),
        tag("t", commit(ONE, "Tree")),
    ],
    ids=["tree", "blob", "tag of a tag", "tag of a tree"],
)
def test_what_is_no_commit_is_not_told(side: dict[str, Any]) -> None:
    untold = {"annotated_tag": None, "name": "", "old": None, "new": None}
    assert refs([update(new=side), update(commit(ONE), side, "refs/x"), update(side)], {}) == [untold] * 3


def test_texts_are_untrimmed_and_times_in_the_authors_zone() -> None:
    (ref,) = refs([update(new=commit(ONE))], {})
    assert ref["new"]["timestamp"] == "2023-02-28T08:53:22+00:00"
    assert ref["new"]["author"] == {"email": "jo@example.org", "name": " Jo "}


def test_a_missing_object_is_no_deletion() -> None:
    event = {"uuid": UUID, "event": "GIT_POST_RECEIVE", "date": NOW, "updates": [update(commit(ONE))]}
    event |= {
        "repository": {"id": 1, "references": {"results": []}},
        "pusher": {"canonicalName": "~j", "username": "j"},
    }
    answer = {"data": {"webhook": event}, "errors": [{"message": "object not found", "path": ["deliverGitHook", "x"]}]}
    with pytest.raises(Untranslatable):
        translated(PAIR, json.dumps(answer))
