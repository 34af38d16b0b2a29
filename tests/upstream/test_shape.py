"""Answers have the form that was asked for, or they are no answers (issue: no hole becomes a 200)."""

import pytest

from shim.upstream import Kind, UpstreamError, loads, shape

OPERATIONS = loads("""
query Thing($u: String!, $rows: Boolean!) {
  owner: user(username: $u) {
    name: username
    thing { ...thing }
    rows: things @include(if: $rows) { results { ...thing } cursor }
    who { ...party }
    events { changes { type: __typename ...change } }
  }
}
fragment thing on Thing { id created }
fragment party on Entity { canonicalName ... on User { username } }
fragment change on EventDetail { ... on Comment { text } ... on Label { label { name } } }
mutation Make($name: String!) { make(name: $name) { id } }
""")
THING = {"id": 1, "created": "2024-01-01T00:00:00Z"}
WHOLE = {
    "name": "ann",
    "thing": THING,
    "rows": {"results": [THING, THING], "cursor": None},
    "who": {"canonicalName": "x@example.org"},
    "events": [{"changes": [{"type": "Comment", "text": "t"}, {"type": "Label", "label": None}, {"type": "New"}]}],
}


def judged(data, rows=True, name="Thing"):
    shape.check(OPERATIONS[name], {"u": "a", "rows": rows}, data)


USER = {"canonicalName": "~a", "username": "a"}


@pytest.mark.parametrize(
    "changes", [{}, {"thing": None}, {"rows": None}, {"events": []}, {"events": None}, {"who": USER}]
)
def test_what_a_server_says_is_taken(changes):
    judged({"owner": {**WHOLE, **changes}})
    judged({"owner": None})
    judged({})


def test_what_was_switched_off_need_not_be_there():
    judged({"owner": {key: value for key, value in WHOLE.items() if key != "rows"}}, rows=False)


HOLES = [
    "x",
    [5],
    {},
    {**WHOLE, "name": {"a": 1}},
    {**WHOLE, "name": 5},
    {**WHOLE, "thing": {"id": 1}},
    {**WHOLE, "thing": {"id": True, "created": None}},
    {**WHOLE, "thing": {"id": 1, "created": "yesterday"}},
    {**WHOLE, "thing": {"id": 1, "created": 5}},
    {**WHOLE, "thing": "x"},
    {**WHOLE, "rows": {"results": [THING, {}], "cursor": None}},
    {**WHOLE, "rows": {"results": [THING]}},
    {**WHOLE, "who": {}},
    {**WHOLE, "events": [{"changes": [{"type": "Comment"}]}]},
    {**WHOLE, "events": [{"changes": [{"type": "Label", "label": {}}]}]},
    {**WHOLE, "events": [{"changes": [{}]}]},
    {key: value for key, value in WHOLE.items() if key != "rows"},
]


@pytest.mark.parametrize("owner", HOLES, ids=repr)
def test_holes_and_foreign_values_are_faults(owner):
    with pytest.raises(UpstreamError) as caught:
        judged({"owner": owner})
    assert caught.value.kind is Kind.FAULT


def test_a_mutation_without_its_field_is_a_fault():
    with pytest.raises(UpstreamError):
        judged({"other": 1}, name="Make")


MAILS = loads("""
query Mail($id: Int!) { mail: email(id: $id) { created: received body name: messageID from: header(want: "From") } }
""")
MAIL = {"created": "2024-01-01T00:00:00Z", "body": "b", "name": "n", "from": ["f"]}


@pytest.mark.parametrize(
    "change",
    [
        {"created": 5},
        {"created": "soon"},
        {"body": 5},
        {"body": ["b"]},
        {"name": False},
        {"from": "f"},
        {"from": [5]},
        {"from": [None]},
    ],
)
def test_a_mail_with_foreign_values_is_a_fault(change):
    shape.check(MAILS["Mail"], {"id": 1}, {"mail": MAIL})
    with pytest.raises(UpstreamError) as raised:
        shape.check(MAILS["Mail"], {"id": 1}, {"mail": {**MAIL, **change}})
    assert raised.value.kind is Kind.FAULT


@pytest.mark.parametrize(("field", "value"), [("runner", 5), ("manifest", ["x"]), ("tags", [None]), ("tags", "x")])
def test_texts_that_are_none_are_no_answer(field, value):
    operation = loads(f"query Job($n: Int!) {{ job(id: $n) {{ {field} }} }}")["Job"]
    shape.check(operation, {"n": 1}, {"job": {field: None}})
    with pytest.raises(UpstreamError):
        shape.check(operation, {"n": 1}, {"job": {field: value}})
