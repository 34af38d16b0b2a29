"""Mutations of both services: repositories."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any, Generic, TypeVar

from shim.sandbox.engine import times
from shim.sandbox.engine.errors import FieldError, PanicError, ValidationError
from shim.sandbox.instance.call import Call
from shim.sandbox.services.repositories import names
from shim.sandbox.services.repositories.events import USER
from shim.sandbox.services.repositories.rows import Redirect, Repository
from shim.sandbox.webhooks.events import Payload, announce
from shim.sandbox.webhooks.fields import WebhookMutations

R = TypeVar("R", bound=Repository)
_COLUMNS = ("name", "description", "visibility", "readme")
_NO_REPOSITORY = "No repository by ID {} found for this user"


class RepositoryMutations(WebhookMutations, ABC, Generic[R]):
    """The root of mutations. A service says what its repositories hold beside the common columns.

    `row` is the class of a repository.
    """

    user_kind = USER
    row: type[R]

    @abstractmethod
    def contents(self, call: Call, name: str) -> Mapping[str, Any]:
        """The service's own columns of a new repository. Raises FieldError if it cannot be made."""

    def changes(self, row: R, given: Mapping[str, Any]) -> Mapping[str, Any]:
        """The service's own columns as far as the input of an update names them."""
        return {}

    def discard(self, call: Call, row: R) -> None:
        """Delete a repository and all that hangs on it."""
        store = call.store
        store.repositories.remove(row)
        for table in (store.acls, store.redirects):
            table.remove(*table.where(lambda other: other.repository is row))

    def create_repository(self, call: Call, name: str, visibility: str, description: str | None = None) -> R:
        """Create a repository; the id is taken before the name is found to be in use."""
        names.check_name(name)
        names.check_columns({"name": name, "description": description})
        row_id = call.store.repositories.take_id()
        names.check_free(call, name)
        now = times.now()
        row = self.row(
            id=row_id,
            owner=call.user,
            name=name,
            description=description,
            visibility=visibility,
            readme=None,
            created=now,
            updated=now,
            **self.contents(call, name),
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
        names.check_columns(changes)
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

    def _own(self, call: Call, id_: int) -> R | None:
        """The repository of that id, if it is the caller's."""
        row: R | None = call.store.repositories.get(id_)
        return row if row and row.owner is call.user else None


def _announce(call: Call, event: str, row: Repository) -> None:
    announce(call, USER, Payload("RepositoryEvent", event, repository=row), user=row.owner)


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
    table.add(Redirect(table.take_id(), row.owner, row.name, row))
