"""The caller's own account."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shim.sandbox.services.todo.participants import EmailAddress, User
from shim.sandbox.services.todo.removal import remove_tracker

if TYPE_CHECKING:
    from shim.sandbox.instance.call import Call


class AccountMutations:
    """Changing preferences, and leaving."""

    def update_preferences(self, call: Call, preferences: dict[str, bool]) -> User:
        """Set whether one's own doings are mailed to oneself."""
        user: User = call.user
        user.notify_self = preferences["notifySelf"]
        return user

    def delete_user(self, call: Call) -> int:
        """Delete what the caller has here; of what the caller did, a mail address remains the author."""
        user: User = call.user
        for tracker in call.store.trackers.where(lambda row: row.owner is user):
            remove_tracker(call, tracker)
        for participant in call.store.participants.where(lambda row: row.entity is user):
            participant.entity = EmailAddress(user.email, user.canonical_name)
        return user.id
