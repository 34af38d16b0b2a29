"""The table of old fields: what it says leads to fields of GraphQL that exist, and covers what was recorded."""

from __future__ import annotations

import json
import re

import pytest
from graphql import GraphQLInterfaceType, GraphQLUnionType, get_named_type

from shim.guide.documents import operations
from shim.guide.fields import AS_IT_IS, Source, rows
from shim.guide.selection import Place
from tests.guide.kit import CASES, ENDPOINTS, NAMES, SERVICES, endpoint, recorded, schema

JSON_CASES = [case for case in CASES if case[0].answered(case[1]) is not None]


def names(cases):
    return [f"{service.name} {endpoint.name} {era}" for service, endpoint, era in cases]


@pytest.mark.parametrize(("service", "endpoint", "era"), JSON_CASES, ids=names(JSON_CASES))
def test_every_row_leads_to_a_field_of_the_schema_or_says_why_there_is_none(service, endpoint, era):
    typed = schema(service.name, era)
    asked = {operation.name: operation for operation in operations(service, endpoint, era)}
    found = rows(service, endpoint, era)
    assert found
    for row in found:
        assert row.sources or len(row.how) > len(AS_IT_IS), row
        for source in row.sources:
            assert is_there(typed, asked[source.operation], source), (row.field, source)


def is_there(typed, operation, source):
    """Whether a printed path names fields of the schema, the document's own types taken into account."""
    kinds = {typed.mutation_type if operation.is_mutation else typed.query_type}
    for part in source.path.split("."):
        name = part.partition("(")[0]
        if name == "__typename":
            kinds = {None}
            continue
        members = {m for kind in kinds for m in possible(typed, kind)}
        kinds = {get_named_type(m.fields[name].type) for m in members if name in m.fields}
        if not kinds:
            return False
    return True


def possible(typed, kind):
    """A type and those that it may stand for."""
    if isinstance(kind, GraphQLUnionType):
        return kind.types
    if isinstance(kind, GraphQLInterfaceType):
        return [kind, *typed.get_possible_types(kind)]
    return [kind]


RECORDED = [(service, endpoint) for service, endpoint in ENDPOINTS if service.answered(endpoint) is not None]


@pytest.mark.parametrize(("service", "endpoint"), RECORDED, ids=lambda case: getattr(case, "name", ""))
def test_the_rows_cover_the_recorded_bodies_and_nothing_else(service, endpoint):
    bodies = [json.loads(body) for body in recorded(service.name).get(endpoint) or of_another(endpoint)]
    told = {row.field: row for row in rows(service, endpoint, "2024")}
    keys = {key for body in bodies for key in leaves(body)}
    assert {key for key in keys if key not in told and not is_above(key, told)} == set()
    empty = {key for key in keys if is_above(key, told)}
    unseen = {field for field, row in told.items() if not row.when and field not in keys}
    assert {field for field in unseen if not any(is_above(key, [field]) for key in empty)} == set()


def of_another(unrecorded):
    """What another endpoint answered: of git for hg, on the same library, which could not be recorded; of lists where
    the old code crashed over what it had made.
    """
    if unrecorded.slug == "post-subscriptions":
        return recorded("lists")[endpoint("lists", "get-subscriptions-s")]
    return recorded("git")[endpoint("git", unrecorded.slug)]


def leaves(value, name=""):
    """The dotted names in a body: of what is empty or null, the name alone."""
    if isinstance(value, dict) and value:
        for key, item in value.items():
            yield from leaves(item, f"{name}.{key}" if name else key)
    elif isinstance(value, list) and any(isinstance(item, dict) for item in value):
        for item in value:
            yield from leaves(item, f"{name}[]")
    else:
        yield name


def is_above(key, told):
    return any(re.match(rf"{re.escape(key)}(\[\])?\.", field) for field in told)


def sources(service, name, field, era="2024"):
    return next(row for row in rows(*chosen(service, name), era) if row.field == field).sources


def chosen(service, name):
    return SERVICES[service], endpoint(service, name)


def test_aliases_lead_to_the_names_of_the_schema():
    place = "user(username:).repository(name:)"
    assert sources("git", "GET /api/repos/<r>", "owner.canonical_name") == (
        Source("Repository", f"{place}.owner.canonicalName"),
    )
    assert sources("git", "GET /api/repos/<r>", "owner.name") == (
        Source("Repository", f"{place}.owner.username", "User"),
    )


def test_what_an_answer_has_of_another_document_is_found_there():
    """A mutation tells no owner, and references and their artifacts are asked for apart."""
    assert sources("git", "POST /api/repos", "id")[0].operation == "CreateRepository"
    assert sources("git", "POST /api/repos", "owner.name") == (Source("User", "user(username:).username"),)
    assert sources("git", "GET /api/repos/<r>/refs", "results[].target")[0].operation == "ReferencesWithObjects"
    artifact = sources("git", "GET /api/repos/<r>/refs", "results[].artifacts[].size")
    assert [source.operation for source in artifact] == ["ReferencesWithArtifacts"]


def test_what_lies_around_an_object_is_found_outwards():
    place = "user(username:).tracker(name:)"
    assert sources("todo", "GET /api/trackers/<t>/labels", "results[].tracker.name") == (
        Source("Labels", f"{place}.name"),
    )


def test_a_value_may_be_made_of_one_further_out():
    assert sources("builds", "GET /api/jobs/<int:n>", "tasks[].log") == (Source("Job", "job(id:).runner"),)


def test_an_object_inside_another_is_where_most_of_it_is_told():
    """A task of a new job has a name too."""
    assert sources("builds", "POST /api/jobs", "owner.name") == (Source("Me", "me.username", "User"),)


def test_a_shared_view_is_described_by_the_schema_of_its_service():
    """git's repository keeps the times of a mutation, hg's does not."""
    made = {
        service: next(row for row in rows(*chosen(service, "POST /api/repos"), "2024") if row.field == "created")
        for service in ("git", "hg")
    }
    assert (made["git"].old, made["hg"].old) == ("as in GraphQL", "time as 2024-09-01T12:00:00+00:00")


def test_the_eras_have_tables_of_their_own():
    both = {era: sources("git", "GET /api/repos/<r>/tree", "entries[].mode", era) for era in ("2024", "2026")}
    assert both["2024"] == both["2026"] != ()


def test_a_key_can_be_asked_for_on_one_type_alone():
    (events,) = (
        o for o in operations(*chosen("todo", "get-trackers-t-tickets-n-events"), "2024") if o.name == "Events"
    )
    results = Place(events).reach("owner.tracker.ticket.rows.results")
    assert [str(p).rpartition(".")[2] for r in results for p in r.reach("changes.StatusChange:author")] == ["editor"]
    assert len([p for r in results for p in r.reach("changes.author")]) == 7


def test_no_endpoint_is_left_out():
    assert len(NAMES) == len(set(NAMES)) > 60
