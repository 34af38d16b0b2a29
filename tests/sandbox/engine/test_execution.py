"""Execution: errors of all fields, nulls carried up, access, and the names of attributes."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, ClassVar

import pytest

from shim.sandbox.engine.cursor import Cursor
from shim.sandbox.engine.errors import DiedError, FieldError, PanicError, Validation
from shim.sandbox.engine.execution import execute, parameter, snake
from shim.sandbox.engine.schema import Schema
from shim.sandbox.engine.validation import MAX_COMPLEXITY, Document
from shim.sandbox.instance import Instance
from shim.sandbox.instance.call import Call
from shim.sandbox.instance.caller import Caller

SCHEMA = Schema(
    """
    directive @access(scope: AccessScope!, kind: AccessKind!) on FIELD_DEFINITION
    enum AccessScope { READING }
    enum AccessKind { RO RW }
    scalar Cursor
    interface Thing { name: String! }
    type Box implements Thing {
      name: String!
      fails: Int!
      maybe: Int
      guarded: Int! @access(scope: READING, kind: RO)
    }
    type Query {
      box: Box
      must: Box!
      boxes: [Box!]
      holes: [Box!]
      loose: [Box]!
      thing(id: Int!, from: String = "x"): Thing
      nothing: Int!
      invalid: Int
      dies: Int
      breaks: Int
      cursor: Cursor
    }
    """,
    "2024",
)


class Box:
    typename = "Box"
    maybe = None

    def __init__(self, name: str = "b") -> None:
        self.name = name

    def fails(self, call: Call) -> int:
        raise FieldError(f"{self.name} failed", code="X")

    def guarded(self, call: Call) -> int:
        return 1


class Root:
    box = Box()
    must = Box()
    boxes: ClassVar[list[Box]] = [Box("one"), Box("two")]
    holes: ClassVar[list[Box | None]] = [Box(), None]
    loose: ClassVar[list[Box | None]] = [None, Box()]
    nothing = None
    cursor = Cursor(1, "2")

    def thing(self, call: Call, id_: int, from_: str) -> Box:
        return Box(f"{call.field_name} {id_} {from_}")

    def invalid(self, call: Call) -> None:
        given = Validation()
        given.expect(False, "first", field="f")
        given.expect(True, "this one holds")
        given.expect(None, "validation failed")
        given.end()

    def dies(self, call: Call) -> None:
        raise DiedError("here")

    def breaks(self, call: Call) -> None:
        raise KeyError("a fault of the stand-in itself")


def _run(text: str, *, grants: str = "", prefix: tuple[str, ...] = (), **variables: Any) -> dict[str, Any]:
    service: Any = SimpleNamespace(
        schema=SCHEMA,
        root=lambda _operation: Root(),
        scalars={},
        instance=Instance(),
        era="2024",
        core="2024",
        name="toy.sr.ht",
    )
    call = Call(service, Caller("oauth2", None, "toy.sr.ht", grants), "http://toy", prefix=prefix)
    document = Document.read(text, SCHEMA.typed)
    return execute(call, document, document.operation(None), variables)


def test_every_field_runs_although_one_has_failed() -> None:
    answer = _run("{ boxes { fails } must { name } }")
    assert answer == {
        "errors": [
            {"message": "one failed", "path": ["boxes", 0, "fails"], "extensions": {"code": "X"}},
            {"message": "two failed", "path": ["boxes", 1, "fails"], "extensions": {"code": "X"}},
        ],
        "data": {"boxes": None, "must": {"name": "b"}},
    }


@pytest.mark.parametrize(
    ("text", "data"),
    [
        ("{ box { name fails } must { name } }", {"box": None, "must": {"name": "b"}}),
        ("{ must { fails } }", None),
        ("{ loose { name fails } box { name } }", {"loose": [None, None], "box": {"name": "b"}}),
        ("{ holes { name } box { name } }", {"holes": None, "box": {"name": "b"}}),
        ("{ nothing box { name } }", None),
        ("{ a: box { x: fails } box { maybe } }", {"a": None, "box": {"maybe": None}}),
    ],
)
def test_nulls_go_up_to_the_nearest_nullable_place(text: str, data: Any) -> None:
    assert _run(text)["data"] == data


def test_a_null_without_an_error_is_one() -> None:
    message = "the requested element is null which the schema does not allow"
    assert _run("{ nothing }")["errors"] == [{"message": message, "path": ["nothing"]}]
    assert _run("{ holes { name } }")["errors"] == [{"message": message, "path": ["holes", 1]}]


def test_arguments_reach_the_method_and_faults_their_path() -> None:
    text = "query ($i: Int!) { alias: thing(id: $i) { __typename name } }"
    assert _run(text, i="5")["data"] == {"alias": {"__typename": "Box", "name": "alias 5 x"}}


def test_directives_on_fields_see_the_variables() -> None:
    assert _run("query ($no: Boolean!) { box { name maybe @include(if: $no) } }", no=False) == {
        "data": {"box": {"name": "b"}}
    }


def test_several_errors_of_one_field() -> None:
    assert _run("{ invalid }")["errors"] == [
        {"message": "first", "path": ["invalid"], "extensions": {"field": "f"}},
        {"message": "validation failed", "path": ["invalid"]},
    ]


def test_a_fault_of_the_stand_in_is_told_as_a_panic() -> None:
    assert _run("{ breaks }") == {
        "errors": [{"message": PanicError().message, "path": ["breaks"]}],
        "data": {"breaks": None},
    }


def test_where_the_server_dies_nothing_is_answered() -> None:
    with pytest.raises(DiedError):
        _run("{ dies }")


def test_grants_guard_fields_and_their_errors_carry_the_prefix() -> None:
    answer = _run("{ box { guarded } }", grants="toy.sr.ht/WRITING", prefix=("cause",))
    assert answer["errors"] == [
        {"message": "Access denied, missing READING:RO grant", "path": ["cause", "box", "guarded"]}
    ]
    assert _run("{ box { guarded } }", grants="toy.sr.ht/READING:RW")["data"] == {"box": {"guarded": 1}}


def test_cursors_are_sealed() -> None:
    text = _run("{ cursor }")["data"]["cursor"]
    assert Cursor.unseal(text, Instance().network_key) == Root.cursor


def test_introspection_tells_of_the_typed_schema() -> None:
    answer = _run('{ __type(name: "Box") { fields { name type { kind } } } __schema { queryType { name } } }')
    fields = {field["name"]: field["type"]["kind"] for field in answer["data"]["__type"]["fields"]}
    assert fields == {"name": "NON_NULL", "fails": "NON_NULL", "maybe": "SCALAR", "guarded": "NON_NULL"}
    assert answer["data"]["__schema"] == {"queryType": {"name": "Query"}}


def test_too_many_fields_are_refused_without_running_any() -> None:
    text = "{" + " ".join(f"a{i}: dies" for i in range(MAX_COMPLEXITY + 1)) + "}"
    (error,) = _run(text)["errors"]
    assert error["message"] == "operation has complexity 201, which exceeds the limit of 200"
    assert error["extensions"] == {"code": "COMPLEXITY_LIMIT_EXCEEDED"}


@pytest.mark.parametrize(
    ("name", "attribute", "argument"),
    [
        ("canonicalName", "canonical_name", "canonical_name"),
        ("HEAD", "head", "head"),
        ("deleteACL", "delete_acl", "delete_acl"),
        ("repositoryID", "repository_id", "repository_id"),
        ("fingerprintSHA256", "fingerprint_sha256", "fingerprint_sha256"),
        ("revparse_single", "revparse_single", "revparse_single"),
        ("from", "from", "from_"),
        ("id", "id", "id_"),
    ],
)
def test_names(name: str, attribute: str, argument: str) -> None:
    assert snake(name) == attribute
    assert parameter(name) == argument
