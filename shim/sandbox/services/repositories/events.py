"""The users' webhooks on both services: their kind, and the events of repositories."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from shim.sandbox.webhooks.events import Payload
from shim.sandbox.webhooks.subscriptions import Kind

if TYPE_CHECKING:
    from shim.sandbox.services.repositories.rows import Repository

USER = Kind(
    "user",
    "UserWebhookSubscription",
    {"REPO_CREATED": "REPOSITORIES", "REPO_UPDATE": "REPOSITORIES", "REPO_DELETED": "REPOSITORIES"},
)


@dataclass
class RepositoryEvent(Payload):
    """A repository was created, changed or deleted."""

    typename: ClassVar[str] = "RepositoryEvent"
    repository: Repository
