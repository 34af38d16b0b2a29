"""Mutations of both services: repositories and access to them."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar

from shim.sandbox.data.rid import format_rid
from shim.sandbox.engine import times
from shim.sandbox.engine.errors import FieldError, PanicError, ValidationError
from shim.sandbox.services.repositories import names
from shim.sandbox.services.repositories.events import USER, RepositoryEvent
from shim.sandbox.services.repositories.rows import ACL, Redirect, Repository, User
from shim.sandbox.webhooks.events import announce
from shim.sandbox.webhooks.fields import WebhookMutations

if TYPE_CHECKING:
    from shim.sandbox.instance.call import Call

R = TypeVar("R", bound=Repository)
_COLUMNS = ("name", "description", "visibility", "readme")
_NO_REPOSITORY = "No repository by ID {} found for this user"


class RepositoryMutations(WebhookMutations, ABC, Generic[R]):
    """The root of mutations. A service says what its repositories hold beside the common columns.

    `row` is the class of a repository, `required` the columns that cannot be null.
    """

    user_kind = USER
    row: type[R]
    required: ClassVar[tuple[str, ...]] = ("visibility",)

    @abstractmethod
    def contents(self, call: Call, name: str, given: Mapping[str, Any]) -> Mapping[str, Any]:
        """The service's own columns of a new repository. Raises FieldError if it cannot be made."""

    @abstractmethod
    def changes(self, row: R, given: Mapping[str, Any]) -> Mapping[str, Any]:
        """The service's own columns as far as the input of an update names them."""

    def discard(self, call: Call, row: R) -> None:
        """Delete a repository and all that hangs on it."""
        store = call.store
        store.repositories.remove(row)
        for table in (store.acls, store.redirects):
            table.remove(*table.where(lambda other: other.repository is row))

    def create_repository(
        self, call: Call, name: str, visibility: str, description: str | None = None, **given: Any
    ) -> R:
        """Create a repository; the id is taken before the name is found to be in use."""
        names.check_name(name)
        names.check_columns({"name": name, "description": description})
        row_id = call.store.repositories.take_id()
        names.check_free(call, name)
        now = times.now()
        row = self.row(
            id=row_id,
            rid=format_rid(None, row_id, now),
            owner=call.user,
            name=name,
            description=description,
            visibility=visibility,
            readme=None,
            created=now,
            updated=now,
            **self.contents(call, name, given),
        )
        call.store.repositories.add(row)
        _announce(call, "REPO_CREATED", row)
        return row

    def update_repository(self, call: Call, id_: int, input_: dict[str, Any]) -> R:
        """Change what `input` names; a new name leaves a redirect behind."""
        row = self._own(call, id_)
        if "name" in input_:
            _check_rename(call, id_, row, input_["name"])
        if row is None:
            raise call.failure(_NO_REPOSITORY.format(id_), "ERR_NOT_FOUND")
        changes = {column: input_[column] for column in _COLUMNS if column in input_}
        changes.update(self.changes(row, input_))
        names.check_columns(changes, self.required)
        if "name" in changes:
            _leave_redirect(call, row)
        for column, value in changes.items():
            setattr(row, column, value)
        row.updated = times.now()
        _announce(call, "REPO_UPDATE", row)
        return row

    def delete_repository(self, call: Call, id_: int) -> R:
        """Delete a repository."""
        row = self._own(call, id_)
        if row is None:
            raise call.failure(_NO_REPOSITORY.format(id_), "ERR_NOT_FOUND")
        self.discard(call, row)
        _announce(call, "REPO_DELETED", row)
        return row

    def update_acl(self, call: Call, repo_id: int, mode: str, entity: str) -> ACL:
        """Give a user access, or change it; an id is taken even for a change."""
        if not entity.startswith("~"):
            raise call.failure(f"Unknown entity '{entity}'", field="entity")
        if entity == call.user.canonical_name:
            raise call.failure("Cannot edit your own access modes", "ERR_UNSUPPORTED")
        repository, user = self._own(call, repo_id), call.store.users.named(entity[1:])
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

    def delete_user(self, call: Call) -> int:
        """Delete all that the caller owns here; the account itself is meta.sr.ht's."""
        user: User = call.user
        for row in call.store.repositories.where(lambda row: row.owner is user):
            self.discard(call, row)
        return user.id

    def _own(self, call: Call, id_: int) -> R | None:
        """The repository of that id, if it is the caller's."""
        row: R | None = call.store.repositories.get(id_)
        return row if row and row.owner is call.user else None


def _announce(call: Call, event: str, row: Repository) -> None:
    announce(call, USER, RepositoryEvent(event, row), user=row.owner)


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


def _leave_redirect(call: Call, row: Repository) -> None:
    table = call.store.redirects
    table.add(Redirect(table.take_id(), row.owner, row.name, row, times.now()))
