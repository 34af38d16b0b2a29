"""The rows of both services, in the shape of either era."""

from __future__ import annotations

from shim.sandbox.data.columns import Column, Rows, column, columns, moment
from shim.sandbox.instance import users
from shim.sandbox.services.repositories.rows import ACL, Redirect, Repository, User

_OF = column("repository", "repo_id", "new_repo_id", key="repositories")


def user(role: str, **how: object) -> Column:
    """A reference to a user, by id or by name."""
    return column(f"{role}_id", role, key="users", **how)


def described(repository: type[Repository], **own: Column) -> tuple[Rows, ...]:
    """The tables, with repositories of a class that has columns of its own."""
    texts = ("id", "name", "description", "visibility", "readme")
    return (
        users.described(User),
        Rows(
            "repositories",
            repository,
            columns(*texts, owner=user("owner"), created=moment(), updated=moment(), **own),
        ),
        Rows("acls", ACL, hanging("id", entity=user("user"))),
        Rows("redirects", Redirect, hanging("id", "name", owner=user("owner"))),
    )


def hanging(*names: str, **others: Column) -> dict[str, Column]:
    """The columns of rows that hang on a repository."""
    return columns(*names, repository=_OF, **others)
