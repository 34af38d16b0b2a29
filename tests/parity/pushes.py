"""Recorded pushes in pairs with what git.sr.ht of 2026 tells of them: 2024 told nobody, but the old hook told it all.

A native body is put together from the old payload, from the ids pushed and the references afterwards: a reference is
null where it is new or gone, what is tagged is told as the tag, and the first 25 references follow (era-2026, git 6.3).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from shim.services.events import Sender
from tests.parity.pairs import NOW, UUID, Old, Pair, items

_HEAD = {"name": "HEAD", "target": "refs/heads/master"}
_PAGE = 25
_PUSH = re.compile(r'"push":"[^"]*"')
_OTHERS = {
    "b6b1ff4bc5672f75a83bd18000252900313ccf73": ("Tag", "Tag"),
    "87d94c91c68311caa2e65a61c3abd48d19ff9c6e": ("Tag", "Tree"),
    "564289e9f772db8e9588fc548dd03df53c58836f": ("Tag", "TextBlob"),
    "146834eeb3bc718487165afadcffcf6d398c0e1a": ("Tree",),
}
"""Types of pushed objects of which the old payloads tell nothing, with that of what they tag."""


def of_pushes() -> Iterator[Pair]:
    """The recorded pushes that changed something (15), each with a native delivery; the old UUID is not upstream's."""
    refs: dict[str, str] = {}
    objects = {oid: _other(oid, *kinds) for oid, kinds in _OTHERS.items()}
    for number, item in enumerate(items("git", "pushes")):
        if item["legacy"] is not None:
            old = _PUSH.sub(f'"push":"{UUID}"', item["legacy"]["body"])
            native = _native(json.loads(old), item, refs, objects)
            sent = (Old("repo:post-update", Sender.GO, old),)
            yield Pair("git", "2026", "pushes", number, "repository", (native,), sent)
        refs = item["refs_after"]


def _native(old: dict[str, Any], item: dict[str, Any], refs: dict[str, str], objects: dict[str, Any]) -> str:
    pushed = {name: oid for oid, name in (spec.lstrip("+").split(":") for spec in item["trigger"]["refspecs"])}
    names = iter(pushed)
    updates = [_update(entry, entry["name"] or next(names), pushed, refs, objects) for entry in old["refs"]]
    after = [_HEAD, *({"name": name, "target": oid} for name, oid in sorted(item["refs_after"].items()))]
    pusher = {"canonicalName": old["pusher"]["canonical_name"], "username": old["pusher"]["name"]}
    repository = {"id": 26, "references": {"results": after[:_PAGE]}}
    event = {"uuid": UUID, "event": "GIT_POST_RECEIVE", "date": NOW, "repository": repository, "pusher": pusher}
    return json.dumps({"data": {"webhook": {**event, "updates": updates}}})


def _update(
    entry: dict[str, Any], name: str, pushed: dict[str, str], refs: dict[str, str], objects: dict[str, Any]
) -> dict[str, Any]:
    """One reference; what is pushed is noted, for it may be what a later push replaces."""
    oid, before = pushed[name], refs.get(name) or (entry["old"] or {}).get("id")
    if entry["new"] is not None:
        commit = _commit(entry["new"])
        tag = entry["annotated_tag"] and {"tagName": entry["annotated_tag"]["name"]}
        tag = tag and {"__typename": "Tag", "id": oid, **tag, "tagMessage": entry["annotated_tag"]["message"]}
        objects[oid] = {**tag, "target": commit} if tag else commit
    if entry["old"] is not None and before is not None:
        objects.setdefault(before, _commit(entry["old"]))
    old, new = (objects[before] if before else None), (objects[oid] if oid else None)
    return {"ref": {"name": name} if old and new else None, "old": old, "new": new}


def _commit(old: dict[str, Any]) -> dict[str, Any]:
    return {
        "__typename": "Commit",
        "id": old["id"],
        "message": old["message"].replace("\ufffd", "\udce9"),
        "author": {**old["author"], "time": old["timestamp"].replace("+00:00", "Z")},
        "committer": old["committer"],
        "tree": {"id": old["tree"]},
        "parents": [{"id": oid} for oid in old["parents"]],
    }


def _other(oid: str, kind: str, target: str | None = None) -> dict[str, Any]:
    tag = {"tagName": "x", "tagMessage": "", "target": {"__typename": target, "id": oid}} if target else {}
    return {"__typename": kind, "id": oid, **tag}
