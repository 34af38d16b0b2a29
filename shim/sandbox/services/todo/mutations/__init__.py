"""Mutations of todo.sr.ht, by what they change."""

from __future__ import annotations

from shim.sandbox.services.todo.mutations.comments import CommentMutations
from shim.sandbox.services.todo.mutations.labels import LabelMutations
from shim.sandbox.services.todo.mutations.tags import TagMutations
from shim.sandbox.services.todo.mutations.tickets import TicketMutations
from shim.sandbox.services.todo.mutations.trackers import TrackerMutations
from shim.sandbox.services.todo.mutations.webhooks import HookMutations


class Mutation(TrackerMutations, LabelMutations, TicketMutations, CommentMutations, TagMutations, HookMutations):
    """The root of mutations."""
