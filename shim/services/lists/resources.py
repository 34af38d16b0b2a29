"""The old resources of lists.sr.ht (lists 3)."""

from __future__ import annotations

from collections.abc import Mapping
from email.policy import SMTPUTF8
from typing import Any

from marshmallow import fields
from marshmallow.fields import Field

from shim.rest.compiled import Converted
from shim.rest.dates import LegacyTime
from shim.rest.described import said
from shim.rest.fields import Lower, Plain, Resource, ShortUser

RIGHTS = ("browse", "reply", "post", "moderate")
ROLES = ("nonsubscriber", "subscriber", "account")
LONGEST_PRINTED = 1000
"""Python's parser takes the square of a header's length; longer ones stay as they are."""
Row = Mapping[str, Any]


class Sender(Converted):
    """Who wrote a mail, if that is a user."""

    shape = ShortUser

    def convert(self, value: Any) -> dict[str, Any] | None:
        """The user; null for anybody else."""
        return None if value is None or "name" not in value else _user.dump(value)


_NAMES = said(*RIGHTS, how=f"the names of those that are true, in the order {', '.join(RIGHTS)}", old="list of texts")


class Rights(Resource):
    """The rights that everybody has, told three times (lists 3.3)."""

    nonsubscriber = Plain(metadata=_NAMES)
    subscriber = Plain(metadata=_NAMES)
    account = Plain(metadata=_NAMES)


class Permissions(Converted):
    """The rights that everybody has, told three times (lists 3.3)."""

    shape = Rights

    def convert(self, value: Any) -> dict[str, list[str]]:
        """The names by role."""
        return {role: _names(value) for role in ROLES}


class ShortList(Resource):
    """A list inside another resource (lists 3.3)."""

    id = Plain()
    name = Plain()
    owner = fields.Nested(ShortUser)


class MailingList(ShortList):
    """A list (lists 3.3)."""

    created: Field[Any] = LegacyTime()
    updated: Field[Any] = LegacyTime(
        metadata=said("updated", "last_activity", how="the later of both, where there are both", old=LegacyTime.old)
    )
    description = Plain()
    permissions = Permissions()


class WrittenList(MailingList):
    """A list as POST and PUT answer it: with upstream's own times, and without the right to moderate (lists 3.3)."""

    created: Field[Any] = Plain()
    updated: Field[Any] = Plain()
    owner = fields.Nested(ShortUser, metadata=said("owner|me"))


class Header(Converted):
    """A header as Python's parser prints it (lists 3.5)."""

    how = "decoded, and its names put in quotes where they need them"

    def convert(self, value: Any) -> str | None:
        """The header; null stays null."""
        return None if value is None else printed(value)


_LAST = "of the patch that completed the series"


class ShortPatchset(Resource):
    """A patchset (lists 3.5); `shim.services.lists.mails.series.told` makes what is dumped here."""

    id = Plain()
    created = LegacyTime()
    updated = LegacyTime()
    subject = Plain()
    prefix = Plain()
    version = Plain()
    status = Lower()
    submitter = Header(
        metadata=said("patches.results.from", how=f"the first {_LAST}; {Header.how}", old="text or null")
    )
    reply_to = Header(
        metadata=said("patches.results.replyTo", how=f"the first {_LAST}; {Header.how}", old="text or null")
    )
    message_id = Plain(metadata=said("patches.results.message_id", how=f"{_LAST}, in < and >", old="text or null"))


class ShortMail(Resource):
    """A mail inside another resource or in a page of posts (lists 3.4); the `mails` room completes it."""

    id = Plain()
    created = LegacyTime()
    subject = Plain()
    message_id = Plain(metadata=said("message_id", how="in < and >, unless the header `stored` lacks them", old="text"))
    parent_id = Plain(metadata=said("parent.id", old="integer or null"))
    thread_id = Plain(
        metadata=said(
            "thread.root.id|id", how="the id of the topmost mail above; null of a topmost one", old="integer or null"
        )
    )
    list = fields.Nested(ShortList)
    sender = Sender()
    patchset = fields.Nested(ShortPatchset)


class Mail(ShortMail):
    """A mail (lists 3.4)."""

    is_patch = Plain(
        metadata=said("patch.index", "body", how="a patch has an index, or a diff in its body", old="boolean")
    )
    is_request_pull = fields.Constant(False, metadata=said(how="constant false", old="boolean"))
    replies = Plain(metadata=said("thread.replies|id", how="of a topmost mail; else constant 0", old="integer"))
    participants = Plain(
        metadata=said("thread.participants|id", how="of a topmost mail; else constant 1", old="integer")
    )
    envelope = Plain(metadata=said("rawUrl|mbox", how="what stands at that address", old="text"))


class Subscription(Resource):
    """A subscription (lists 3.6)."""

    id = Plain()
    created = LegacyTime()
    list = fields.Nested(ShortList)


_user = ShortUser()


def name_of(mail: Row) -> str:
    """A mail's Message-ID as it was stored: with the brackets that upstream leaves out where it can read it.

    A mail without one has an empty one.
    """
    name: str = mail["message_id"]
    is_bare = bool(mail["stored"]) and not mail["stored"][0].lstrip().startswith("<")
    return name if not name or name.startswith("<") or is_bare else f"<{name}>"


def printed(header: str) -> str:
    """A From or Reply-To as Python's parser prints it; what it can't parse stays as it is."""
    if len(header) > LONGEST_PRINTED:
        return header
    try:
        return str(SMTPUTF8.header_factory("From", header))
    except Exception:  # The parser fails over odd headers with whatever happens in it, recursion and unbound names too.
        return header


def _names(rights: Row) -> list[str]:
    return [right for right in RIGHTS if rights.get(right)]
