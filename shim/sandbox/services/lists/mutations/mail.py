"""What the server of incoming mail asks for when a mail has been archived (2024)."""

from __future__ import annotations

from shim.sandbox.engine.errors import PanicError
from shim.sandbox.instance.call import Call
from shim.sandbox.services.lists import hooks, kinds, loaders
from shim.sandbox.services.lists.email import Email


class MailMutations:
    """Telling of mail, for other servers of the instance only."""

    def trigger_user_email_webhooks(self, call: Call, email_id: int) -> Email | None:
        """Tell the caller of a mail that he sent."""
        row: Email | None = loaders.email(call, email_id)
        if row:
            hooks.email_received(call, kinds.USER, row)
        return row

    def trigger_list_email_webhooks(self, call: Call, list_id: int, email_id: int) -> Email:
        """Tell of a mail those who follow its list."""
        row: Email | None = loaders.email(call, email_id)
        if row is None:
            raise PanicError
        hooks.email_received(call, kinds.LIST, row, list_id)
        return row
