"""lists.sr.ht."""

from shim.services.lists.emails import emails
from shim.services.lists.lists import lists
from shim.services.lists.patchsets import patchsets
from shim.services.lists.payloads import list_events, user_events
from shim.services.lists.posts import posts
from shim.services.lists.subscriptions import subscriptions
from shim.services.lists.webhooks import list_webhooks, user_webhooks
from shim.services.service import BATCH, UNUSED_BY_THE_HUB, Service
from shim.services.users import USER, users
from shim.services.webhooks import HOOKS
from shim.upstream import load

_LISTS = ("PROFILE:RO", "LISTS:RO")
_MAILS = (*_LISTS, "EMAILS:RO", "PATCHES:RO")

service = Service(
    name="lists",
    lifecycle=UNUSED_BY_THE_HUB,
    endpoints=(users, emails, lists, posts, patchsets, subscriptions, user_webhooks, list_webhooks),
    operations=load(__name__, USER, HOOKS),
    catches_all=True,
    by_address=True,
    hooks=(user_events, list_events),
    grants={
        "emails:read": _MAILS,
        "lists:read": _LISTS,
        "lists:write": ("PROFILE:RO", "LISTS:RW"),
        "patches:read": _MAILS,
        "patches:write": (*_LISTS, "EMAILS:RO", "PATCHES:RW"),
        "subs:read": (*_LISTS, "SUBSCRIPTIONS:RO"),
        "subs:write": (*_LISTS, "SUBSCRIPTIONS:RW"),
    },
    row_costs={
        "Posts": 1,
        "Mails": 1,
        "Thread": 1,
        "MailsById": 1,
        "WholeMailsById": 1,
        "Patchsets": 1,
        "PatchsetsById": 1,
        "SeriesById": 1,
        "Searched": 2 / BATCH,
        "SentMails": 3 / BATCH,
        "Roots": 1 / BATCH,
    },
)
