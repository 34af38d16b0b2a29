"""Mutations of todo.sr.ht, by what they change."""

from __future__ import annotations

from shim.sandbox.services.todo.mutations.account import AccountMutations
from shim.sandbox.services.todo.mutations.activity import ActivityMutations
from shim.sandbox.services.todo.mutations.comments import CommentMutations
from shim.sandbox.services.todo.mutations.labels import LabelMutations
from shim.sandbox.services.todo.mutations.mail import MailMutations
from shim.sandbox.services.todo.mutations.tags import TagMutations
from shim.sandbox.services.todo.mutations.tickets import TicketMutations
from shim.sandbox.services.todo.mutations.trackers import AccessMutations, TrackerMutations
from shim.sandbox.services.todo.mutations.webhooks import HookMutations


class Mutation(
    TrackerMutations,
    AccessMutations,
    LabelMutations,
    TicketMutations,
    CommentMutations,
    TagMutations,
    ActivityMutations,
    HookMutations,
    MailMutations,
    AccountMutations,
):
    """The root of mutations."""
