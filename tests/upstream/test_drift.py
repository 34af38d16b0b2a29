"""Every operation against the real schemas of both eras, where they are at hand (design D5)."""

from pathlib import Path

import pytest
from graphql import build_schema

from shim.services import discover
from shim.settings import ERAS
from shim.upstream import loads
from shim.upstream.drift import drifts

SCHEMAS = Path(__file__).parents[3] / "shared" / "schemas"
needs_schemas = pytest.mark.skipif(not SCHEMAS.is_dir(), reason="the real schemas are not ours to ship")


@needs_schemas
@pytest.mark.parametrize("era", ERAS)
@pytest.mark.parametrize("service", discover(), ids=lambda service: service.name)
def test_every_operation_is_understood(service, era):
    file = SCHEMAS / f"{service.name}-{era}.graphqls"
    if not file.exists():
        pytest.skip(f"no {era} schema of {service.name} was ever published")
    schema = build_schema(file.read_text(), assume_valid=True)
    assert list(drifts(service.operations, schema, era)) == []


def test_a_missing_field_is_found_in_both_forms():
    schema = build_schema("type User { id: Int! } type Query { me: User! user(username: String!): User }")
    operations = loads("query X($u: String!) { owner: user(username: $u) { id gone } }")
    assert [drift.operation for drift in drifts(operations, schema, "2024")] == ["X", "X"]
