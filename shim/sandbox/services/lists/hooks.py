"""The events of lists.sr.ht, and who hears of them (lists dossier, 6.3)."""

from __future__ import annotations

from shim.sandbox.instance.call import Call
from shim.sandbox.services.lists.email import Email
from shim.sandbox.services.lists.kinds import LIST, USER
from shim.sandbox.services.lists.mailinglist import MailingList
from shim.sandbox.webhooks.events import Payload, announce
from shim.sandbox.webhooks.subscriptions import Kind


def list_created(call: Call, row: MailingList) -> None:
    """Tell of a new list its owner."""
    announce(call, USER, Payload("MailingListEvent", "LIST_CREATED", list=row), user=call.user)


def list_changed(call: Call, event: str, row: MailingList) -> None:
    """Tell of a list its owner, and those who follow it."""
    announce(call, USER, Payload("MailingListEvent", event, list=row), user=call.user)
    announce(call, LIST, Payload("MailingListEvent", event, list=row), parent=row.id)


def email_received(call: Call, kind: Kind, email: Email, parent: int | None = None) -> None:
    """Tell of a mail, and of the patchset that it completes: the caller, or those who follow the list `parent`."""
    whom = {"user": call.user} if kind is USER else {"parent": parent}
    announce(call, kind, Payload("EmailEvent", "EMAIL_RECEIVED", email=email), **whom)
    patchset = call.store.patchsets.get(email.patchset_id) if email.patchset_id else None
    if patchset and _completes(call, email):
        announce(call, kind, Payload("PatchsetEvent", "PATCHSET_RECEIVED", patchset=patchset), **whom)


def _completes(call: Call, email: Email) -> bool:
    """Whether a mail is the last patch of its patchset that came."""
    others = call.store.emails.where(lambda row: row.patchset_id == email.patchset_id and row.is_patch)
    return email.is_patch and all(row.received <= email.received for row in others)
