"""The webhooks of lists.sr.ht: what was sent of lists, mails and patchsets (lists 6).

The Go side told of lists, the Python side of mails. Of a mail GraphQL tells no envelope without a token, so one is made
of its headers and its text.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import fields

from shim.rest.fields import Plain, Resource, ShortUser
from shim.services.events import Event, Kind, Native, Parents, go, python
from shim.services.lists.mails.mails import is_patch
from shim.services.lists.mails.series import headers_of, last_of
from shim.services.lists.mails.threading import topmost
from shim.services.lists.resources import (
    Mail,
    Permissions,
    ShortList,
    ShortMail,
    ShortPatchset,
    name_of,
)

_LISTS = ("PROFILE:RO", "LISTS:RO")
_MAILS = (*_LISTS, "EMAILS:RO", "PATCHES:RO")
_HEADERS = {
    "From": "hFrom",
    "To": "hTo",
    "Cc": "hCc",
    "Reply-To": "hReplyTo",
    "Date": "hDate",
    "In-Reply-To": "hInReplyTo",
    "References": "hReferences",
}
_ORDER = ("From", "To", "Subject", "Message-ID", "In-Reply-To", "References", "Date", "Cc", "Reply-To")
Row = Mapping[str, Any]


class SentList(Resource):
    """A list in a webhook: in another order, and without times (lists 6.2)."""

    id = Plain()
    name = Plain()
    description = Plain()
    permissions = Permissions()
    owner = fields.Nested(ShortUser)


class SentPatchset(ShortPatchset):
    """A patchset in a webhook, in its long form (lists 3.5)."""

    list = fields.Nested(ShortList)
    cover_letter = fields.Nested(ShortMail)
    superseded_by = fields.Constant(None)


_list, _mail, _patchset = SentList(), Mail(), SentPatchset()


def of_list(native: Native) -> Any:
    """A list."""
    return _list.dump(native.whole()["list"])


def of_mail(native: Native) -> Any:
    """A mail in its long form; one that has just arrived has no answers."""
    mail = native.whole()["email"]
    is_root = topmost(mail)["id"] == mail["id"]
    counted = {"replies": 0, "participants": 0 if is_root else 1}
    return _mail.dump({**_short(mail), **counted, "is_patch": is_patch(mail), "envelope": envelope(mail)})


def of_patchset(native: Native) -> Any:
    """A patchset in its long form, with its cover letter."""
    told = native.whole()["patchset"]
    found = _completed(told)
    letter = told["coverLetter"] and _short({**told["coverLetter"], "patchset": told})
    return _patchset.dump({**found, "cover_letter": letter})


def envelope(mail: Row) -> str:
    """A mail made of those of its headers that are told, and its text."""
    told = {name: ", ".join(mail[key]) for name, key in _HEADERS.items() if mail[key]}
    told |= {"Subject": mail["subject"], "Message-ID": name_of(mail)}
    lines = [f"{name}: {told[name]}" for name in _ORDER if name in told]
    return "\r\n".join((*lines, "", mail["body"]))


def _short(mail: Row) -> dict[str, Any]:
    top = topmost(mail)["id"]
    return {
        **mail,
        "message_id": name_of(mail),
        "parent_id": mail["parent"] and mail["parent"]["id"],
        "thread_id": None if top == mail["id"] else top,
        "patchset": mail["patchset"] and _completed(mail["patchset"]),
    }


def _completed(patchset: Row) -> dict[str, Any]:
    """A patchset that has just been completed: by the patch that came last."""
    last = last_of(patchset["patches"]["results"], patchset["created"], "2024")
    return {**patchset, **headers_of(last)}


_NULLABLE = frozenset({"description", "parent", "patchset", "coverLetter", "prefix", "cursor", "index", "version"})
_SEVERAL = frozenset({"results", "from", "replyTo", "above", "answers", "stored", *_HEADERS.values()})
_updated, _deleted, _created = (
    Event(f"list:{name}", native, "lists:read", _LISTS, (go(of_list),))
    for name, native in (("update", "LIST_UPDATED"), ("delete", "LIST_DELETED"), ("create", "LIST_CREATED"))
)
user_events = Kind(
    "user",
    "/api/user",
    "UserEvents",
    (_created, Event("email:received", "EMAIL_RECEIVED", "emails:read", _MAILS, (python(of_mail),))),
    nullable=_NULLABLE,
    lists=_SEVERAL,
)
list_events = Kind(
    "list",
    "/api/user/<u>/lists/<l>",
    "ListEvents",
    (
        _updated,
        _deleted,
        Event("post:received", "EMAIL_RECEIVED", "lists:read", _MAILS, (python(of_mail),)),
        Event("patchset:received", "PATCHSET_RECEIVED", "patches:read", _MAILS, (python(of_patchset),)),
        Event("patchset:update", "LIST_DELETED", "patches:read", _LISTS),
    ),
    nullable=_NULLABLE,
    lists=_SEVERAL,
    parents=Parents("ListNames", ("owner", "lists"), "l", ("owner", "list")),
)
