"""Subscriptions to mail about a tracker or a ticket."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from shim.sandbox.data.table import Table
from shim.sandbox.engine import times
from shim.sandbox.services.todo import loaders

if TYPE_CHECKING:
    from shim.sandbox.instance.call import Call
    from shim.sandbox.services.todo.participants import Entity, Participant
    from shim.sandbox.services.todo.ticket import Ticket
    from shim.sandbox.services.todo.tracker import Tracker


@dataclass
class Subscription:
    """A subscription of a participant to either a tracker or a ticket (by its row)."""

    id: int
    created: datetime
    participant: Participant
    tracker_id: int | None = None
    ticket_id: int | None = None

    @property
    def typename(self) -> str:
        """The GraphQL type."""
        return "TicketSubscription" if self.tracker_id is None else "TrackerSubscription"

    def tracker(self, call: Call) -> Tracker | None:
        """The tracker."""
        return loaders.tracker(call, self.tracker_id or 0)

    def ticket(self, call: Call) -> Ticket | None:
        """The ticket."""
        return loaders.ticket(call, self.ticket_id)


def find(
    call: Call, entity: Entity, tracker_id: int | None = None, ticket_id: int | None = None
) -> Subscription | None:
    """Somebody's subscription to a tracker or a ticket."""
    wanted = (tracker_id, ticket_id)
    table: Table[Subscription] = call.store.subscriptions
    return table.first(lambda row: (row.tracker_id, row.ticket_id) == wanted and row.participant.entity is entity)


def subscribe(
    call: Call, participant: Participant, tracker_id: int | None = None, ticket_id: int | None = None
) -> Subscription:
    """Subscribe a participant; an id is taken even if the subscription is there already."""
    table: Table[Subscription] = call.store.subscriptions
    row = Subscription(table.take_id(), times.now(), participant, tracker_id, ticket_id)
    return find(call, participant.entity, tracker_id, ticket_id) or table.add(row)
