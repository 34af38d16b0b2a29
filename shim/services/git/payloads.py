"""The webhooks of git.sr.ht: what was sent of repositories and pushes (git 6)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from shim.rest.fields import Plain, ShortUser
from shim.services.events import Event, Form, Kind, Make, Native, go, removed
from shim.services.git.resources import WrittenRepository

_REPOSITORIES = ("PROFILE:RO", "REPOSITORIES:RO")
_OBJECTS = (*_REPOSITORIES, "OBJECTS:RO")
_TAGS, _BRANCHES = "refs/tags/", "refs/heads/"
Row = Mapping[str, Any]


class SentRepository(WrittenRepository):
    """A repository in a webhook: in another order, and `updated` repeats `created` (git 6.1)."""

    updated = Plain(attribute="created", dump_only=True)

    class Meta:
        """marshmallow's options: the order of the keys."""

        fields = ("id", "created", "updated", "name", "description", "visibility", "owner")


_user = ShortUser()
_sent = SentRepository()
_UNREADABLE = {"annotated_tag": None, "name": "", "old": None, "new": None}
"""What was said of a reference that points, or pointed, at neither a commit nor a tag of one."""


def repository_events(form: Callable[[Make], Form], dump: Callable[[Any], Any]) -> tuple[Event, ...]:
    """The events of repositories, which hg.sr.ht has too: who told of them, and how of what is still there."""
    told = form(lambda native: dump(native.whole()["repository"]))
    made = {"REPO_CREATED": told, "REPO_UPDATE": told, "REPO_DELETED": form(removed("repository"))}
    legacy = ("repo:create", "repo:update", "repo:delete")
    return tuple(
        Event(name, native, "info:read", _REPOSITORIES, (made[native],))
        for name, native in zip(legacy, made, strict=True)
    )


def push(native: Native) -> dict[str, Any] | None:
    """What a push changed, with what can be known of it (git 6.4): neither its options nor signatures of commits."""
    told = native.whole()
    updates = told["updates"]
    if not updates:
        return None
    names = _Names(told["repository"]["references"]["results"], updates)
    refs = [_update(update, names) for update in updates]
    return {"push": native.uuid, "push-options": {}, "pusher": _user.dump(told["pusher"]), "refs": refs}


class _Names:
    """The names of a push's references: those told, and those that must be found out."""

    def __init__(self, references: Iterable[Row], updates: Iterable[Row]) -> None:
        """`references` are as many as the API tells at once (25), as they are after the push."""
        self._present: dict[str, str] = {row["name"]: row["target"] for row in references}
        self._free = dict(self._present)
        for update in updates:
            if update["ref"] is not None:
                self._free.pop(update["ref"]["name"], None)

    def of(self, update: Row) -> str:
        """The name, or nothing where it can't be known."""
        if update["ref"] is not None:
            return str(update["ref"]["name"])
        return self._deleted(update["old"]) if update["new"] is None else self._created(update["new"])

    def _created(self, new: Row) -> str:
        """A tag's own; else one that points at the object: a branch before others, the default branch behind its like,
        for that has mostly been there before. No two get the same one.
        """
        if new["type"] == "Tag":
            name: str = _TAGS + new["tagName"]
        else:
            found = [name for name, target in self._free.items() if target == new["id"]]
            name = min(found, key=self._rank, default="")
        self._free.pop(name, None)
        return name

    def _rank(self, name: str) -> tuple[bool, bool, str]:
        return not name.startswith(_BRANCHES), name == self._present.get("HEAD"), name

    def _deleted(self, old: Row | None) -> str:
        """A tag's own, unless it is still there; branches and lightweight tags leave no trace."""
        name = _TAGS + old["tagName"] if old is not None and old["type"] == "Tag" else ""
        return "" if name in self._present else name


def _update(update: Row, names: _Names) -> Row:
    """One reference; a tag counts as the commit that it points at itself."""
    old, new = update["old"], update["new"]
    commits = [_peeled(side) for side in (old, new)]
    if any(commit is not None and commit["type"] != "Commit" for commit in commits):
        return _UNREADABLE
    tag = new if new is not None and new["type"] == "Tag" else None
    annotated = None if tag is None else {"name": tag["tagName"], "message": tag["tagMessage"]}
    before, after = (None if commit is None else _commit(commit) for commit in commits)
    return {"annotated_tag": annotated, "name": names.of(update), "old": before, "new": after}


def _peeled(side: Row | None) -> Row | None:
    return side["target"] if side is not None and side["type"] == "Tag" else side


def _commit(commit: Row) -> dict[str, Any]:
    """A commit as the hook told of it: with the author's own time, and texts as they are (git 6.1)."""
    return {
        "id": commit["id"],
        "message": commit["message"],
        "parents": [parent["id"] for parent in commit["parents"]],
        "short_id": commit["id"][:7],
        "timestamp": commit["author"]["time"].replace("Z", "+00:00"),
        "tree": commit["tree"]["id"],
        **{role: {key: commit[role][key] for key in ("email", "name")} for role in ("author", "committer")},
        "signature": None,
    }


user_events = Kind(
    "user",
    "/api/user",
    "UserEvents",
    repository_events(go, _sent.dump),
    nullable=frozenset({"description"}),
)
pushes = Kind(
    "repository",
    "/api/<u>/repos/<r>",
    "RepositoryEvents",
    (Event("repo:post-update", "GIT_POST_RECEIVE", "data:read", _OBJECTS, (go(push),)),),
    eras=("2026",),
    nullable=frozenset({"ref", "old", "new"}),
    lists=frozenset({"results", "updates", "parents"}),
)
