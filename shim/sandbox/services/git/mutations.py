"""Mutations of git.sr.ht."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from shim.sandbox.engine import times
from shim.sandbox.engine.errors import FieldError, PanicError, ValidationError, sql_text
from shim.sandbox.engine.upload import Upload
from shim.sandbox.instance.call import Call
from shim.sandbox.services.git.bare import Bare
from shim.sandbox.services.git.hooks import GIT, UpdatedRef
from shim.sandbox.services.git.repository import Artifact, Repository, storage
from shim.sandbox.services.git.revision import NOT_FOUND, resolve
from shim.sandbox.services.repositories import names
from shim.sandbox.services.repositories.mutations import RepositoryMutations
from shim.sandbox.webhooks.events import Payload, announce
from shim.sandbox.webhooks.fields import create, remove, visible
from shim.sandbox.webhooks.subscriptions import Subscription

_DUPLICATE = (
    "An artifact by this name already exists for this repository"
    " (artifact names must be unique for within each repository)"
)
_EMPTY = "The XML you provided was not well-formed or did not validate against our published schema"


class Mutation(RepositoryMutations[Repository]):
    """The root of mutations."""

    row = Repository

    def contents(self, call: Call, name: str) -> dict[str, Any]:
        """A bare repository."""
        names.check_disk(call, name, "objects/info")
        return {"bare": Bare.empty()}

    def changes(self, row: Repository, given: Mapping[str, Any]) -> dict[str, Any]:
        """Another default branch."""
        return {"bare": replace(row.bare, head=_branch(row, given["HEAD"]))} if "HEAD" in given else {}

    def discard(self, call: Call, row: Repository) -> None:
        """With its artifacts and the subscriptions to its pushes."""
        super().discard(call, row)
        artifacts = call.store.artifacts
        artifacts.remove(*artifacts.where(lambda other: other.repository is row))
        for hook in call.store.webhooks[GIT.name].where(lambda other: other.parent == row.id):
            remove(call, hook)

    def upload_artifact(self, call: Call, repo_id: int, revspec: str, file: Upload) -> Artifact:
        """Attach a file to what a revision names."""
        storage(call)
        repository: Repository | None = call.store.repositories.get(repo_id)
        if repository is None or not repository.readable(call):
            raise PanicError
        if repository.owner is not call.user:
            raise call.denied(f"Access denied for repo {repo_id}")
        commit = resolve(repository.bare, revspec)
        sql_text(file.filename)
        table = call.store.artifacts
        row_id = table.take_id()
        if table.first(lambda row: row.repository is repository and row.filename == file.filename):
            raise call.failure(_DUPLICATE)
        if not file.content and not call.modern:
            raise FieldError(_EMPTY)
        checksum = f"sha256:{hashlib.sha256(file.content).hexdigest()}"
        what = (commit, file.filename, checksum, len(file.content), times.now())
        return table.add(Artifact(row_id, repository, call.user, *what))  # type: ignore[no-any-return]

    def create_git_webhook(self, call: Call, config: dict[str, Any]) -> Subscription:
        """Subscribe to the pushes of a repository that the caller may read."""
        repository: Repository | None = call.store.repositories.get(config["repositoryID"])
        if repository is None or not repository.readable(call):
            raise FieldError("Not found", code="ERR_NOT_FOUND")
        return create(call, GIT, config, repository.id)

    def delete_git_webhook(self, call: Call, id_: int) -> Subscription:
        """End such a subscription."""
        found = visible(call, GIT, id_)
        if found is None:
            raise call.failure(f"No git webhook by ID {id_} found", "ERR_NOT_FOUND")
        return remove(call, found)

    def deliver_git_hook(self, call: Call, input_: dict[str, Any]) -> bool:
        """Tell of a push, as the hook program of the real service does; never refuses one."""
        repository: Repository | None = call.store.repositories.get(input_["repositoryID"])
        if repository is None:
            raise PanicError
        given = filter(None, input_["updates"])
        updates = [UpdatedRef(repository, row["ref"], row["old"], row["new"]) for row in given]
        objects = {"repository": repository, "pusher": call.user, "updates": updates}
        announce(call, GIT, Payload("GitEvent", input_["event"], **objects), parent=repository.id)
        return True


def _branch(row: Repository, name: str | None) -> str:
    """The full name of a branch. Raises ValidationError if there is none of that name."""
    if name is None:
        raise PanicError
    if f"refs/heads/{name}" not in row.bare.refs:
        raise ValidationError(FieldError(NOT_FOUND, field="HEAD"), FieldError("validation failed"))
    return f"refs/heads/{name}"
