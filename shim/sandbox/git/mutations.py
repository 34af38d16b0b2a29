"""Mutations of git.sr.ht."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from shim.sandbox import times
from shim.sandbox.errors import FieldError, PanicError, ValidationError, sql_text
from shim.sandbox.events import announce
from shim.sandbox.git import names
from shim.sandbox.git.bare import Bare
from shim.sandbox.git.hooks import GIT, USER, GitEvent, RepositoryEvent, UpdatedRef
from shim.sandbox.git.repository import ACL, Artifact, Redirect, Repository, User, storage
from shim.sandbox.git.revision import NOT_FOUND, resolve
from shim.sandbox.rid import format_rid
from shim.sandbox.subscriptions import Subscription
from shim.sandbox.upload import Upload
from shim.sandbox.webhooks import WebhookMutations, create, remove, visible

if TYPE_CHECKING:
    from shim.sandbox.call import Call

_COLUMNS = ("name", "description", "visibility", "readme")
_NO_REPOSITORY = "No repository by ID {} found for this user"
_DUPLICATE = (
    "An artifact by this name already exists for this repository"
    " (artifact names must be unique for within each repository)"
)
_EMPTY = "The XML you provided was not well-formed or did not validate against our published schema"


class Mutation(WebhookMutations):
    """The root of mutations."""

    user_kind = USER

    def create_repository(
        self,
        call: Call,
        name: str,
        visibility: str,
        description: str | None = None,
        clone_url: str | None = None,
    ) -> Repository:
        """Create a repository; the id is taken before the name is found to be in use."""
        names.check_name(name)
        names.check_columns({"name": name, "description": description})
        row_id = call.store.repositories.take_id()
        names.check_free(call, name)
        names.check_disk(call, name)
        bare = Bare.empty() if clone_url is None else names.cloned(call, clone_url)
        now = times.now()
        rid = format_rid(None, row_id, now)
        columns = (rid, call.user, name, description, visibility, None, now, now)
        row: Repository = call.store.repositories.add(Repository(row_id, *columns, bare))
        _announce(call, "REPO_CREATED", row)
        return row

    def update_repository(self, call: Call, id_: int, input_: dict[str, Any]) -> Repository:
        """Change what `input` names; a new name leaves a redirect behind."""
        row = _own(call, id_)
        if "name" in input_:
            _check_rename(call, id_, row, input_["name"])
        if row is None:
            raise call.failure(_NO_REPOSITORY.format(id_), "ERR_NOT_FOUND")
        head = _branch(row, input_["HEAD"]) if "HEAD" in input_ else row.bare.head
        names.check_columns(input_)
        if "name" in input_:
            _leave_redirect(call, row)
        for column in input_.keys() & set(_COLUMNS):
            setattr(row, column, input_[column])
        row.bare.head, row.updated = head, times.now()
        _announce(call, "REPO_UPDATE", row)
        return row

    def delete_repository(self, call: Call, id_: int) -> Repository:
        """Delete a repository and all that hangs on it."""
        row = _own(call, id_)
        if row is None:
            raise call.failure(_NO_REPOSITORY.format(id_), "ERR_NOT_FOUND")
        _delete(call, row)
        _announce(call, "REPO_DELETED", row)
        return row

    def update_acl(self, call: Call, repo_id: int, mode: str, entity: str) -> ACL:
        """Give a user access, or change it; an id is taken even for a change."""
        if not entity.startswith("~"):
            raise call.failure(f"Unknown entity '{entity}'", field="entity")
        if entity == call.user.canonical_name:
            raise call.failure("Cannot edit your own access modes", "ERR_UNSUPPORTED")
        repository, user = _own(call, repo_id), call.store.users.named(entity[1:])
        if repository is None or user is None:
            raise call.failure("No such repository or user found", "ERR_NOT_FOUND")
        table = call.store.acls
        row_id = table.take_id()
        row: ACL | None = table.first(lambda row: row.repository is repository and row.entity is user)
        if row is None:
            row = table.add(ACL(row_id, repository, user, mode, times.now()))
        row.mode = mode
        return row

    def delete_acl(self, call: Call, id_: int) -> ACL:
        """Take access away."""
        row: ACL | None = call.store.acls.get(id_)
        if row is None or row.repository.owner is not call.user:
            raise call.failure("No such repository or ACL entry found", "ERR_NOT_FOUND")
        call.store.acls.remove(row)
        return row

    def upload_artifact(self, call: Call, repo_id: int, revspec: str, file: Upload) -> Artifact:
        """Attach a file to what a revision names."""
        storage(call)
        repository: Repository | None = call.store.repositories.get(repo_id)
        if repository is None or not repository.readable(call):
            raise PanicError
        if repository.owner is not call.user:
            raise FieldError(f"Access denied for repo {repo_id}", **call.code("ERR_ACCESS_DENIED"))
        commit = resolve(repository.bare, revspec)
        sql_text(file.filename)
        table = call.store.artifacts
        row_id = table.take_id()
        if table.first(lambda row: row.repository is repository and row.filename == file.filename):
            raise call.failure(_DUPLICATE)
        if not file.content and not call.modern:
            raise FieldError(_EMPTY)
        checksum = f"sha256:{hashlib.sha256(file.content).hexdigest()}"
        what = (commit, file.filename, checksum, len(file.content), times.now(), file.content)
        return table.add(Artifact(row_id, repository, call.user, *what))  # type: ignore[no-any-return]

    def delete_artifact(self, call: Call, id_: int) -> Artifact:
        """Delete a file that the caller attached."""
        storage(call)
        row: Artifact | None = call.store.artifacts.get(id_)
        if row is None or row.user is not call.user:
            raise call.failure("No such artifact for this user", "ERR_NOT_FOUND")
        call.store.artifacts.remove(row)
        return row

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
        announce(call, GIT, GitEvent(input_["event"], repository, call.user, updates), parent=repository.id)
        return True

    def delete_user(self, call: Call) -> int:
        """Delete all that the caller owns here; the account itself is meta.sr.ht's."""
        user: User = call.user
        for row in call.store.repositories.where(lambda row: row.owner is user):
            _delete(call, row)
        return user.id


def _announce(call: Call, event: str, row: Repository) -> None:
    announce(call, USER, RepositoryEvent(event, row), user=row.owner)


def _own(call: Call, id_: int) -> Repository | None:
    row: Repository | None = call.store.repositories.get(id_)
    return row if row and row.owner is call.user else None


def _check_rename(call: Call, id_: int, row: Repository | None, name: str | None) -> None:
    """Raises ValidationError: whatever is wrong with a new name comes with a second error."""
    if name is None:
        raise PanicError
    try:
        names.check_name(name)
        if row is None:
            raise FieldError(_NO_REPOSITORY.format(id_))
        names.check_free(call, name)
        names.check_move(call, row.name, name)
    except FieldError as error:
        raise ValidationError(error, FieldError("validation failed")) from error


def _branch(row: Repository, name: str | None) -> str:
    """The full name of a branch. Raises ValidationError if there is none of that name."""
    if name is None:
        raise PanicError
    if f"refs/heads/{name}" not in row.bare.refs:
        raise ValidationError(FieldError(NOT_FOUND, field="HEAD"), FieldError("validation failed"))
    return f"refs/heads/{name}"


def _leave_redirect(call: Call, row: Repository) -> None:
    table = call.store.redirects
    table.add(Redirect(table.take_id(), row.owner, row.name, row, times.now()))


def _delete(call: Call, row: Repository) -> None:
    store = call.store
    store.repositories.remove(row)
    for table in (store.acls, store.redirects, store.artifacts):
        table.remove(*table.where(lambda other: other.repository is row))
    for hook in store.webhooks[GIT.name].where(lambda other: other.parent == row.id):
        remove(call, hook)
