"""Declarations of webhooks, and translations of whatever may come: a payload, or the one error."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from graphql import FieldNode, FragmentDefinitionNode, FragmentSpreadNode, SelectionSetNode
from hypothesis import given
from hypothesis import strategies as st

from shim.services import discover
from shim.services.events import Event, Kind, Sender, Translation, Untranslatable
from shim.services.service import Service
from shim.settings import ERAS
from shim.upstream import Operation
from tests.complexity import complexity
from tests.parity.pairs import NOW, SERVICES, UUID, kind_of

KINDS = [(service, kind) for service in discover() for kind in service.hooks]
NAMES = [f"{service.name}-{kind.name}" for service, kind in KINDS]
every_kind = pytest.mark.parametrize(("service", "kind"), KINDS, ids=NAMES)
COSTS = {
    ("git", "user"): 15,
    ("git", "repository"): 81,
    ("hg", "user"): 15,
    ("todo", "user"): 46,
    ("todo", "tracker"): 109,
    ("todo", "ticket"): 70,
    ("lists", "user"): 97,
    ("lists", "list"): 173,
    ("meta", "user"): 23,
}
"""How many fields the query of each kind has: beyond 200 it would stop the event for all of a user's webhooks."""
ROW_WISE = {"labels", "assignees", "artifacts", "tickets", "diff", "log", "fromTicket", "mentioned"}
MOST_GUESSED = 90
"""Of a longer query none of the made-up answers is whole."""
OFFERED = {
    ("git", "/api/user"): ("repo:create", "repo:update", "repo:delete"),
    ("git", "/api/<u>/repos/<r>"): ("repo:post-update",),
    ("hg", "/api/user"): ("repo:create", "repo:update", "repo:delete"),
    ("todo", "/api/user"): ("tracker:create", "tracker:update", "tracker:delete", "ticket:create"),
    ("todo", "/api/user/<u>/trackers/<t>"): ("label:create", "label:delete", "ticket:create", "event:create"),
    ("todo", "/api/user/<u>/trackers/<t>/tickets/<int:n>"): ("ticket:update", "event:create"),
    ("lists", "/api/user"): ("list:create", "email:received"),
    ("lists", "/api/user/<u>/lists/<l>"): (
        *("list:update", "list:delete"),
        *("post:received", "patchset:received", "patchset:update"),
    ),
    ("meta", "/api/user"): ("profile:update", "ssh-key:add", "ssh-key:remove", "pgp-key:add", "pgp-key:remove"),
}
"""Conventions 8.2, in its order."""


def operation_of(service: Service, kind: Kind) -> Operation:
    """The query of a kind."""
    return service.operations.of(kind.query, kind.eras[-1])


def test_the_events_are_those_of_old_in_their_order() -> None:
    assert {(s.name, kind.prefix): tuple(event.legacy for event in kind.events) for s, kind in KINDS} == OFFERED


def test_only_other_servers_could_subscribe_to_trackers_and_tickets() -> None:
    assert {(s.name, kind.name) for s, kind in KINDS if kind.internal} == {("todo", "tracker"), ("todo", "ticket")}


@every_kind
def test_a_kind_is_offered_in_the_eras_that_have_its_query(service: Service, kind: Kind) -> None:
    assert kind.eras == tuple(era for era in ERAS if service.operations.offered(kind.query, era))


@every_kind
def test_an_event_takes_a_scope_that_the_service_knows(service: Service, kind: Kind) -> None:
    assert {event.scope for event in kind.events} <= service.grants.keys()


def test_the_cost_of_each_query_is_known() -> None:
    assert {(s.name, kind.name): complexity(operation_of(s, kind)) for s, kind in KINDS} == COSTS
    assert max(COSTS.values()) < 200


@every_kind
def test_a_query_takes_nothing_and_asks_for_nothing_dear(service: Service, kind: Kind) -> None:
    operation = operation_of(service, kind)
    assert operation.variables == frozenset()
    assert {field.name.value for field in fields(operation)} & ROW_WISE == set()
    assert operation.text.split()[2:7] == ["{", "webhook", "{", "uuid", "event"]


def fields(operation: Operation) -> Iterator[FieldNode]:
    """All fields of a query."""
    nodes: list[Any] = [d.selection_set for d in operation.document.definitions]  # type: ignore[attr-defined]
    while nodes:
        for node in nodes.pop().selections:
            if isinstance(node, FieldNode):
                yield node
            if getattr(node, "selection_set", None):
                nodes.append(node.selection_set)


REPOSITORY = {
    "id": 7,
    "created": NOW,
    "updated": NOW,
    "name": "weather",
    "description": None,
    "visibility": "UNLISTED",
    "owner": {"canonical_name": "~jdoe", "name": "jdoe"},
}


def body(event: str = "REPO_UPDATE", **members: Any) -> dict[str, Any]:
    """A native body of git's, which tells of a repository."""
    told = {"uuid": UUID, "event": event, "date": NOW, "type": "RepositoryEvent", "repository": REPOSITORY, **members}
    return {"data": {"webhook": told}}


def translate(value: Any, service: str = "git", sender: Sender | None = None) -> Translation:
    """What becomes of a body for a user's subscription."""
    kind = kind_of(service, "user")
    raw = value if isinstance(value, bytes) else json.dumps(value).encode()
    return kind.translate(operation_of(SERVICES[service], kind), raw, sender)


def test_a_translation_tells_what_is_to_be_delivered() -> None:
    found = translate(body())
    assert (found.event.legacy, found.uuid, found.date) == ("repo:update", UUID, NOW)
    assert found.payload == (
        f'{{"id":7,"created":"{NOW}","updated":"{NOW}","name":"weather","description":null,"visibility":"unlisted",'
        '"owner":{"canonical_name":"~jdoe","name":"jdoe"}}'
    )


def test_a_sender_that_never_told_of_an_event_leaves_it_to_the_other() -> None:
    assert translate(body(), sender=Sender.PYTHON) == translate(body())


def broken() -> dict[str, Any]:
    """Bodies of which nothing can be made, by what is wrong with them."""
    owner = {**REPOSITORY, "owner": None}
    error = {"message": "internal system error", "path": ["updateRepository", "webhook", "repository", "description"]}
    return {
        "no JSON": b"<html>",
        "no object": [],
        "no number of JSON's": b'{"data": NaN}',
        "nested without end": b"[" * 100_000,
        "no data": {"data": None, "errors": [{"message": "Access denied"}]},
        "no event": {"data": {"webhook": None}},
        "an event of no name": body(event=5),  # type: ignore[arg-type]
        "an event of another kind": body("TRACKER_UPDATE"),
        "no repository": body(repository=None),
        "a list for a repository": body(repository=[REPOSITORY]),
        "no owner": body(repository=owner),
        "a member that is missing": body(repository={key: REPOSITORY[key] for key in list(REPOSITORY)[1:]}),
        "a time that is none": body(repository={**REPOSITORY, "created": "today"}),
        "a list for a name": body(repository={**REPOSITORY, "visibility": ["PUBLIC"]}),
        "an error, and a null that may be one": {**body(), "errors": [error]},
    }


@pytest.mark.parametrize("fault", broken())
def test_what_is_not_whole_is_an_error_that_says_nothing_of_it(fault: str) -> None:
    with pytest.raises(Untranslatable) as caught:
        translate(broken()[fault])
    assert "weather" not in str(caught.value)
    assert caught.value.__cause__ is None


def test_of_what_is_gone_the_id_is_enough() -> None:
    partial = {**body("REPO_DELETED", repository={**REPOSITORY, "owner": None}), "errors": [{"message": "no owner"}]}
    assert translate(partial).payload == '{"id":7}'
    for repository in ({**REPOSITORY, "id": None}, {**REPOSITORY, "id": "7"}, None):
        with pytest.raises(Untranslatable):
            translate(body("REPO_DELETED", repository=repository))


def test_python_sent_the_beginning_of_a_long_payload() -> None:
    """Conventions 8.3: 65,536 characters, before it was signed; Go sent all of it."""
    long = body(repository={**REPOSITORY, "description": "ü" * 20_000})
    short, cut, whole = (
        translate(each, service).payload or "" for each, service in ((body(), "hg"), (long, "hg"), (long, "git"))
    )
    beginning = short.partition("null")[0]
    assert cut == (beginning + '"' + "\\u00fc" * 20_000)[:65536]
    assert json.loads(whole)["description"] == "ü" * 20_000


def test_hg_told_of_repositories_as_its_api_did() -> None:
    assert translate(body("REPO_CREATED"), "hg").payload == (
        '{"id": 7, "created": "2026-11-09T10:11:12+00:00", "updated": "2026-11-09T10:11:12+00:00", "name": "weather", '
        '"owner": {"canonical_name": "~jdoe", "name": "jdoe"}, "description": null, "visibility": "unlisted"}'
    )
    assert translate(body("REPO_DELETED"), "hg").payload == '{"id": 7}'


SCALARS: Mapping[str, Any] = {
    **dict.fromkeys(("created", "updated", "lastUsed", "time", "date"), st.just(NOW)),
    "uuid": st.just(UUID),
    "id": st.integers(0, 2**31) | st.text("0123456789abcdef", min_size=40, max_size=40),
    "visibility": st.sampled_from(["PUBLIC", "UNLISTED", "PRIVATE"]),
}
ANYTHING = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.just([]) | st.just({})
LISTS = {"changes", "updates", "results", "parents"}


def shaped(operation: Operation, events: tuple[Event, ...]) -> st.SearchStrategy[Any]:
    """Values of the form that a query asks for: mostly such as a server tells, others foreign or with holes."""
    fragments = {d.name.value: d for d in operation.document.definitions if isinstance(d, FragmentDefinitionNode)}

    def members(selections: SelectionSetNode) -> tuple[dict[str, Any], list[str]]:
        found: dict[str, Any] = {}
        types: list[str] = []
        for node in selections.selections:
            if isinstance(node, FieldNode):
                found[node.alias.value if node.alias else node.name.value] = node
                continue
            inner: Any = fragments[node.name.value] if isinstance(node, FragmentSpreadNode) else node
            below, more = members(inner.selection_set)
            found |= below
            types += [inner.type_condition.name.value, *more]
        return found, types

    def value(key: str, node: FieldNode, types: list[str]) -> st.SearchStrategy[Any]:
        if node.selection_set is not None:
            below = of(node.selection_set)
            return st.lists(below, max_size=3) if key in LISTS else below
        if node.name.value == "__typename":
            return st.sampled_from(types)
        if key == "event":
            return st.sampled_from([event.native for event in events])
        return SCALARS.get(node.name.value, st.text())

    def of(selections: SelectionSetNode) -> st.SearchStrategy[Any]:
        found, types = members(selections)
        whole = {key: value(key, node, types) for key, node in found.items()}
        torn = {key: value(key, node, types) | ANYTHING for key, node in found.items()}
        kept = st.fixed_dictionaries(whole)
        return kept | kept | kept | st.fixed_dictionaries({}, optional=torn) | st.none()

    data = of(operation.definition.selection_set)
    errors = st.sampled_from([{}, {}, {}, {"errors": [{"message": "internal system error"}]}])
    return st.builds(lambda told, failed: {**failed, "data": told}, data, errors)


@every_kind
@pytest.mark.parametrize("sender", Sender)
def test_whatever_comes_is_a_payload_or_the_one_error(service: Service, kind: Kind, sender: Sender) -> None:
    operation = operation_of(service, kind)
    outcomes: set[bool] = set()

    @given(shaped(operation, kind.events))
    def play(answer: Any) -> None:
        try:
            found = kind.translate(operation, json.dumps(answer).encode(), sender)
        except Untranslatable:
            outcomes.add(False)
            return
        outcomes.add(True)
        if found.payload is not None:
            found.payload.encode()
            assert isinstance(json.loads(found.payload), dict)

    play()
    assert outcomes in ({True, False}, {False} if complexity(operation) > MOST_GUESSED else {True, False})


@every_kind
@given(raw=st.binary())
def test_bytes_are_a_payload_or_the_one_error(service: Service, kind: Kind, raw: bytes) -> None:
    with pytest.raises(Untranslatable):
        kind.translate(operation_of(service, kind), raw)
