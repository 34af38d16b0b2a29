"""Trackers, labels and tickets made for a test, and what is read of them."""

from __future__ import annotations

from typing import Any

from ...conftest import Client

CREATE = "mutation ($name: String!) { createTracker(name: $name, visibility: PUBLIC) { id } }"
SUBMIT = """
mutation ($tracker: Int!, $subject: String!, $body: String) {
  submitTicket(trackerId: $tracker, input: {subject: $subject, body: $body}) { id }
}
"""
LABEL = """
mutation ($tracker: Int!, $name: String!) {
  createLabel(trackerId: $tracker, name: $name, foregroundColor: "#000000", backgroundColor: "#ffffff") { id }
}
"""
COMMENT = """
mutation ($tracker: Int!, $ticket: Int!, $input: SubmitCommentInput!) {
  submitComment(trackerId: $tracker, ticketId: $ticket, input: $input) { id }
}
"""
_EVENTS = """
query ($owner: String!, $tracker: String!, $ticket: Int!) {
  user(username: $owner) {
    tracker(name: $tracker) {
      ticket(id: $ticket) {
        events {
          results {
            changes {
              eventType
              ... on Created { author { canonicalName } }
              ... on Comment { author { canonicalName } text }
              ... on UserMention { author { canonicalName } mentionedUser: mentioned { canonicalName } }
              ... on TicketMention { author { canonicalName } ticket { ref } }
            }
          }
        }
      }
    }
  }
}
"""


def tracker(client: Client, name: str = "fresh", user: str = "jdoe") -> int:
    """A new public tracker; its id."""
    return client.data(CREATE, user=user, name=name)["createTracker"]["id"]  # type: ignore[no-any-return]


def ticket(client: Client, tracker_id: int, body: str | None = None, user: str = "jdoe") -> int:
    """A new ticket; its number."""
    made = client.data(SUBMIT, user=user, tracker=tracker_id, subject="s", body=body)
    return made["submitTicket"]["id"]  # type: ignore[no-any-return]


def label(client: Client, tracker_id: int, name: str = "bug") -> int:
    """A new label; its id."""
    return client.data(LABEL, tracker=tracker_id, name=name)["createLabel"]["id"]  # type: ignore[no-any-return]


def comment(client: Client, tracker_id: int, number: int, text: str, user: str = "jdoe", **more: Any) -> int:
    """A new comment; the id of its event."""
    given = {"text": text, **more}
    made = client.data(COMMENT, user=user, tracker=tracker_id, ticket=number, input=given)
    return made["submitComment"]["id"]  # type: ignore[no-any-return]


def events(client: Client, name: str, number: int, user: str = "jdoe") -> list[list[dict[str, Any]]]:
    """The changes of a ticket's newest events, the newest first, as the owner of the tracker sees them."""
    found = client.data(_EVENTS, user=user, owner=user, tracker=name, ticket=number)
    results = found["user"]["tracker"]["ticket"]["events"]["results"]
    return [event["changes"] for event in results]
