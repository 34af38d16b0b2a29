"""The query of each kind of webhooks, run by the sandbox at every event: its answer is whole, and becomes a payload."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

import pytest

from shim.compare.cassettes.cassette import load
from shim.recordings.answer import Answer
from shim.services import discover
from shim.services.events import Event, Kind, Untranslatable
from shim.services.service import Service
from shim.settings import ERAS
from tests.cassettes import FIXTURES
from tests.sandbox.conftest import ROOT, Client, open_client

SUBSCRIBE = {
    "meta": "mutation ($config: ProfileWebhookInput!) { createWebhook(config: $config) { id } }",
    "user": "mutation ($config: UserWebhookInput!) { createUserWebhook(config: $config) { id } }",
    "repository": """
        mutation ($parent: Int!, $url: String!, $events: [WebhookEvent!]!, $query: String!) {
          createGitWebhook(config: {repositoryID: $parent, url: $url, events: $events, query: $query}) { id }
        }
    """,
    "tracker": """
        mutation ($parent: Int!, $config: TrackerWebhookInput!) {
          createTrackerWebhook(trackerId: $parent, config: $config) { id }
        }
    """,
    "ticket": """
        mutation ($parent: Int!, $ticket: Int!, $config: TicketWebhookInput!) {
          createTicketWebhook(trackerId: $parent, ticketId: $ticket, config: $config) { id }
        }
    """,
    "list": """
        mutation ($parent: Int!, $config: MailingListWebhookInput!) {
          createMailingListWebhook(listId: $parent, config: $config) { id }
        }
    """,
}
URL = "http://receiver.example.net/hook"
NOTHING = "0" * 40
OWNER, ACTOR = "jdoe", "alice"


class Place(NamedTuple):
    """Things made for a test: the parent of a subscription, the ticket of one, a label."""

    parent: int = 0
    ticket: int = 0
    label: int = 0


def made(client: Client, mutation: str, user: str = OWNER, **variables: Any) -> int:
    """The id of what a mutation of one field makes."""
    (value,) = client.data(mutation, user=user, **variables).values()
    return int(value["id"])


def repository(client: Client) -> int:
    """A new repository of the owner."""
    return made(client, 'mutation { createRepository(name: "hooked", visibility: PUBLIC, description: "d") { id } }')


def prepared(client: Client, kind: Kind) -> Place:
    """What must be there before somebody subscribes."""
    if kind.name == "repository":
        return Place(1)
    if "lists" in kind.prefix or "list:create" in {event.legacy for event in kind.events}:
        return Place(completing(client).list_id)
    if kind.name == "user" and {"repo:create", "profile:update"} & {event.legacy for event in kind.events}:
        return Place()
    tracker = made(client, 'mutation { createTracker(name: "hooked", visibility: PUBLIC) { id } }')
    label = made(client, CREATE_LABEL, tracker=tracker, name="ready")
    return Place(tracker, made(client, SUBMIT, tracker=tracker), label)


def completing(client: Client) -> Any:
    """The mail that completed a patchset on a list of the owner's."""
    lists = {row.id for row in client.store.lists.where(lambda row: row.owner.username == OWNER)}
    patches = client.store.emails.where(lambda row: row.is_patch and row.patchset_id and row.list_id in lists)
    series = {row.patchset_id: row for row in sorted(patches, key=lambda row: row.received)}
    return next(iter(series.values()))


CREATE_LABEL = """
    mutation ($tracker: Int!, $name: String!) {
      createLabel(trackerId: $tracker, name: $name, foregroundColor: "#000000", backgroundColor: "#ffffff") { id }
    }
"""
SUBMIT = 'mutation ($tracker: Int!) { submitTicket(trackerId: $tracker, input: {subject: "s <1>", body: "b"}) { id } }'
COMMENT = """
    mutation ($tracker: Int!, $ticket: Int!, $input: SubmitCommentInput!) {
      submitComment(trackerId: $tracker, ticketId: $ticket, input: $input) { id }
    }
"""
ACTS = """
    mutation ($tracker: Int!, $ticket: Int!, $label: Int!) {
      labelTicket(trackerId: $tracker, ticketId: $ticket, labelId: $label) { id }
      unlabelTicket(trackerId: $tracker, ticketId: $ticket, labelId: $label) { id }
      assignUser(trackerId: $tracker, ticketId: $ticket, userId: 2) { id }
      unassignUser(trackerId: $tracker, ticketId: $ticket, userId: 2) { id }
    }
"""
RENAME = "mutation ($id: Int!) { updateRepository(id: $id, input: {description: null}) { id } }"
PUSH = "mutation ($input: GitEventInput!) { deliverGitHook(input: $input) }"
SETTLE = """
    mutation ($tracker: Int!, $ticket: Int!) {
      updateTicket(trackerId: $tracker, ticketId: $ticket, input: {subject: "new"}) { id }
    }
"""


def pushed(client: Client, place: Place) -> None:
    """A push of a new branch, the end of another one and one that moves, told of as git's hook does."""
    rows = client.data('query { me { repository(name: "alpha") { references { results { name target } } } } }')
    branches = [r for r in rows["me"]["repository"]["references"]["results"] if r["name"].startswith("refs/heads/")]
    new, moved = branches[0], branches[1]
    updates = [
        {"ref": moved["name"], "old": new["target"], "new": moved["target"]},
        {"ref": new["name"], "old": NOTHING, "new": new["target"]},
        {"ref": "refs/heads/gone", "old": new["target"], "new": NOTHING},
    ]
    given = {"repositoryID": place.parent, "event": "GIT_POST_RECEIVE", "updates": updates}
    client.data(PUSH, internal=True, input=given)


def acted(client: Client, place: Place) -> None:
    """What can happen to a ticket, by somebody else first."""
    on = {"tracker": place.parent, "ticket": place.ticket}
    client.data(COMMENT, user=ACTOR, input={"text": "t"}, **on)
    client.data(COMMENT, input={"text": "t", "status": "RESOLVED", "resolution": "INVALID"}, **on)
    client.data(ACTS, label=place.label, **on)


def _on_tracker(mutation: str, **given: Any) -> Callable[[Client, Place], object]:
    return lambda client, place: client.data(mutation, tracker=place.parent, **given)


def _posted(mutation: str) -> Callable[[Client, Place], object]:
    return lambda client, place: client.data(mutation, internal=True, list=place.parent, mail=completing(client).id)


def _on_list(mutation: str) -> Callable[[Client, Place], object]:
    return lambda client, place: client.data(mutation, list=place.parent)


def _without(kind: str, mutation: str) -> Callable[[Client, Place], object]:
    """The removal of one of the owner's keys of a kind, not of the one that is preferred."""

    def caused(client: Client, place: Place) -> int:
        rows = getattr(client.store, kind).where(lambda row: row.user.username == OWNER)
        preferred = client.store.users.named(OWNER).preferred_pgp_key
        free = [row for row in rows if kind == "ssh_keys" or row.id not in (preferred, getattr(preferred, "id", None))]
        return made(client, mutation, id=free[0].id)

    return caused


SSH_KEY = "AAAAC3NzaC1lZDI1NTE5AAAAIAMF2yYyYOwQX07gL77HfluoQoLVgluRZQgRSg6AzYFA"
PGP_KEY = next(
    json.loads(exchange.request.body)["pgp-key"]
    for exchange in load(FIXTURES / "meta" / "rest" / "writes" / "pgp_create.yaml").exchanges
    if exchange.recorded.status == 200 and exchange.request.method == "POST"
)
POST = "mutation ($list: Int!, $mail: Int!) { triggerListEmailWebhooks(listId: $list, emailId: $mail) { id } }"
MAIL = "mutation ($mail: Int!) { triggerUserEmailWebhooks(emailId: $mail) { id } }"
DELETE_LIST = "mutation ($list: Int!) { deleteMailingList(id: $list) { id } }"
CAUSES: Mapping[str, Callable[[Client, Place], object]] = {
    "repo:create": lambda client, place: repository(client),
    "repo:update": lambda client, place: made(client, RENAME, id=repository(client)),
    "repo:delete": lambda client, place: made(
        client, "mutation ($id: Int!) { deleteRepository(id: $id) { id } }", id=repository(client)
    ),
    "repo:post-update": pushed,
    "tracker:create": lambda client, place: made(
        client, 'mutation { createTracker(name: "n", visibility: PRIVATE) { id } }'
    ),
    "tracker:update": _on_tracker(
        'mutation ($tracker: Int!) { updateTracker(id: $tracker, input: {description: "x"}) { id } }'
    ),
    "tracker:delete": _on_tracker("mutation ($tracker: Int!) { deleteTracker(id: $tracker) { id } }"),
    "label:create": _on_tracker(CREATE_LABEL, name="new"),
    "label:delete": lambda client, place: made(
        client, "mutation ($id: Int!) { deleteLabel(id: $id) { id } }", id=place.label
    ),
    "ticket:create": _on_tracker(SUBMIT),
    "ticket:update": lambda client, place: client.data(SETTLE, tracker=place.parent, ticket=place.ticket),
    "event:create": acted,
    "list:create": lambda client, place: made(
        client, 'mutation { createMailingList(name: "n", visibility: PUBLIC) { id } }'
    ),
    "list:update": _on_list(
        'mutation ($list: Int!) { updateMailingList(id: $list, input: {description: "x"}) { id } }'
    ),
    "list:delete": _on_list(DELETE_LIST),
    "post:received": _posted(POST),
    "patchset:received": _posted(POST),
    "patchset:update": _on_list(DELETE_LIST),
    "email:received": _posted(MAIL),
    "profile:update": lambda client, place: made(
        client, 'mutation { updateUser(input: {location: null, bio: "b"}) { id } }'
    ),
    "ssh-key:add": lambda client, place: made(
        client, "mutation ($key: String!) { createSSHKey(key: $key) { id } }", key=f"ssh-ed25519 {SSH_KEY}"
    ),
    "ssh-key:remove": _without("ssh_keys", "mutation ($id: Int!) { deleteSSHKey(id: $id) { id } }"),
    "pgp-key:add": lambda client, place: made(
        client, "mutation ($key: String!) { createPGPKey(key: $key) { id } }", key=PGP_KEY
    ),
    "pgp-key:remove": _without("pgp_keys", "mutation ($id: Int!) { deletePGPKey(id: $id) { id } }"),
}


class Case(NamedTuple):
    """An event of a kind in an era."""

    service: Service
    era: str
    kind: Kind
    event: Event

    def grants(self, *without: str) -> str:
        """The declared grants, as they stand in tokens."""
        return " ".join(f"{self.service.name}.sr.ht/{grant}" for grant in self.event.grants if grant not in without)


CASES = [
    Case(service, era, kind, event)
    for service in discover()
    for kind in service.hooks
    for era in kind.eras
    for event in kind.events
]


@pytest.fixture(scope="module")
def clients() -> dict[tuple[str, str], Client]:
    """A sandbox of each service and era over its data set; hg has the same in both."""
    roots = {"2024": ROOT, "2026": ROOT / "era2026"}
    return {
        (service.name, era): open_client(ROOT if service.name == "hg" else roots[era], era, service.name)
        for service in discover()
        for era in ERAS
    }


@pytest.fixture
def client(clients: dict[tuple[str, str], Client], case: Case) -> Iterator[Client]:
    """The sandbox of a case, untouched."""
    client = clients[case.service.name, case.era]
    client.sandbox.reset()
    client.receiver.got.clear()
    client.receiver.answers = {URL: Answer(200, {}, b"")}
    yield client
    client.sandbox.drain()


def subscribed(client: Client, case: Case, place: Place, grants: str) -> dict[str, Any]:
    """The answer to a subscription to one event with the query of its kind."""
    query = case.service.operations.of(case.kind.query, case.era).text
    config = {"url": URL, "events": [case.event.native], "query": query}
    given = config if case.kind.name == "repository" else {"config": config}
    places = {"user": {}, "ticket": {"parent": place.parent, "ticket": place.ticket}}
    parent = places.get(case.kind.name, {"parent": place.parent})
    mutation = SUBSCRIBE.get(case.service.name) or SUBSCRIBE[case.kind.name]
    return client.ask(mutation, token={"grants": grants}, **parent, **given)


def delivered(client: Client, case: Case, place: Place) -> list[bytes]:
    """What the subscription is sent when the event is caused, in whichever ways there are."""
    CAUSES[case.event.legacy](client, place)
    client.sandbox.drain()
    bodies = [body for url, _, body in client.receiver.got if url == URL]
    assert len(bodies) == (6 if case.event.legacy == "event:create" else 1)
    return bodies


def name_of(case: Case) -> str:
    return f"{case.service.name}-{case.era}-{case.kind.name}-{case.event.legacy}"


@pytest.mark.parametrize("case", CASES, ids=name_of)
def test_the_query_of_a_kind_is_answered_whole_at_its_events(client: Client, case: Case) -> None:
    place = prepared(client, case.kind)
    assert "errors" not in subscribed(client, case, place, case.grants())
    operation = case.service.operations.of(case.kind.query, case.era)
    for body in delivered(client, case, place):
        translation = case.kind.translate(operation, body, user=OWNER)
        assert translation.event is next(e for e in case.kind.events if e.native == case.event.native)
        assert (translation.payload is None) is (translation.event.forms == ())
        for form in case.event.forms:
            payload = json.loads(case.kind.translate(operation, body, form.sender, user=OWNER).payload or "")
            assert ("errors" in json.loads(body), sorted(_nulls(payload) - NULLS)) == (False, [])


NULLS = {"description", "labels", "assignees", "signature", "old", "new", "annotated_tag", "comment", "label"}
NULLS |= {"parent_id", "thread_id", "patchset", "sender", "prefix", "reply_to", "cover_letter", "superseded_by"}
NULLS |= {"by_user", "from_ticket", "new_resolution", "old_resolution", "old_status", "new_status"}
NULLS |= {"url", "location", "bio", "use_pgp_key", "last_used"}
"""Members that a payload may have as null."""


def _nulls(value: Any) -> set[str]:
    if isinstance(value, list):
        return set().union(*map(_nulls, value))
    if not isinstance(value, dict):
        return set()
    return {key for key, below in value.items() if below is None}.union(*map(_nulls, value.values()))


@pytest.mark.parametrize("case", CASES, ids=name_of)
def test_none_of_the_declared_grants_can_be_missing(client: Client, case: Case) -> None:
    for grant in case.event.grants:
        client.sandbox.reset()
        client.receiver.got.clear()
        place = prepared(client, case.kind)
        if "errors" in subscribed(client, case, place, case.grants(grant) or "other.sr.ht/PROFILE:RO"):
            continue
        operation = case.service.operations.of(case.kind.query, case.era)
        for body in delivered(client, case, place):
            with pytest.raises(Untranslatable):
                case.kind.translate(operation, body)
