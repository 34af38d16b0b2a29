"""Compiled schemas do what marshmallow's own walk over the fields does, for whatever data."""

from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from marshmallow import Schema, fields, post_dump, pre_dump

from shim.rest.compiled import Converted
from shim.rest.dates import LegacyTime
from shim.rest.fields import Lower, Plain, Resource
from shim.services import discover
from shim.services.todo.resources import RIGHTS, Party, Rights

discover()


def kinds(base=Resource):
    """Every resource of every service."""
    for kind in base.__subclasses__():
        if kind.__module__.startswith("shim."):
            yield kind
        yield from kinds(kind)


RESOURCES = sorted(set(kinds()), key=lambda kind: (kind.__module__, kind.__name__))
_TEXTS = st.text(st.characters(codec="utf-8") | st.characters(min_codepoint=0xDC80, max_codepoint=0xDCFF), max_size=8)
TEXTS = _TEXTS | st.sampled_from(["", "\ud800", "\udcff", "caf\xe9\n", "a\0b", "\x1b$B", " .<x>\n", "REPORTED"])
SCALARS = st.none() | TEXTS | st.integers(-1, 2**40) | st.booleans() | st.floats(allow_nan=False)
ZONES = st.sampled_from(["Z", "+00:00", "-00:00", "+05:30", "-14:00", "", "z"])
TIMES = st.builds(
    lambda when, fraction, zone: when.strftime("%Y-%m-%dT%H:%M:%S") + fraction + zone,
    st.datetimes(),
    st.sampled_from(["", ".5", ".123456789", "."]),
    ZONES,
)
ODD = SCALARS | st.lists(SCALARS, max_size=2) | st.dictionaries(TEXTS, SCALARS, max_size=2)
BESIDE = {
    "mode": st.sampled_from([0o40000, 0o160000, 0o100644, 0o100755, 0o100664, 0o120000]),
    "parents": st.lists(st.fixed_dictionaries({"id": TEXTS}), max_size=2),
    "labels": st.lists(st.fixed_dictionaries({"name": TEXTS}), max_size=3),
    "background": SCALARS,
}
"""What functions of resources read beside the declared fields."""


def table(members):
    """Objects of some members: all are there, or some are missing."""
    return st.fixed_dictionaries(members) | st.fixed_dictionaries({}, optional=members)


_PARTY = {"type": st.sampled_from(["User", "EmailAddress", "ExternalUser", "Bot"])}
PARTIES = table(_PARTY | dict.fromkeys(("name", "canonical_name", "called", "address", "external_id"), SCALARS))
OWN = {
    LegacyTime: st.none() | TIMES | TEXTS,
    Lower: SCALARS,
    Party: st.none() | PARTIES,
    Rights: table(dict.fromkeys(RIGHTS, st.booleans())),
}


def values(field):
    """Values for a field: mostly such as it expects."""
    if isinstance(field, fields.Nested):
        inner = objects(field.schema)
        expected = st.none() | (st.lists(inner, max_size=2) if field.schema.many or field.many else inner)
    elif isinstance(field, fields.List):
        expected = st.none() | st.lists(values(field.inner), max_size=2)
    else:
        expected = OWN.get(type(field), SCALARS)
    return st.integers(0, 9).flatmap(lambda n: expected if n else ODD)


def objects(schema):
    """Objects for a schema, by its declared fields."""
    found, below = dict(BESIDE), {}
    for name, field in schema.dump_fields.items():
        path = (field.attribute or name).split(".")
        if len(path) > 1:
            below.setdefault(path[0], {})[path[1]] = values(field)
        elif not isinstance(field, fields.Function | fields.Constant):
            found[path[0]] = values(field)
    for key, members in below.items():
        beside = found.get(key, st.just({}))
        found[key] = st.builds(_joined, beside, table(members))
    return table(found)


def _joined(one, other):
    return {**one, **other} if isinstance(one, dict) else one


def outcome(dump, data, **options):
    """What came of it, in a form that tells the order of keys and the kinds of values."""
    try:
        return repr(dump(data, **options))
    except Exception as error:
        return type(error), str(error)


def assert_agreement(schema, data, **options):
    found = outcome(schema.dump, data, **options)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Resource, "_serialize", Schema._serialize)
        assert outcome(schema.dump, data, **options) == found
    return found


@pytest.mark.parametrize("kind", RESOURCES, ids=lambda kind: f"{kind.__module__.split('.')[-2]}.{kind.__name__}")
@given(data=st.data())
def test_every_resource_agrees_with_marshmallow(kind, data):
    schema = kind()
    some = data.draw(st.lists(objects(schema), max_size=3))
    for one in some:
        assert_agreement(schema, one)
    assert_agreement(schema, some, many=True)


@pytest.mark.parametrize("kind", RESOURCES, ids=lambda kind: f"{kind.__module__.split('.')[-2]}.{kind.__name__}")
@pytest.mark.parametrize("data", [None, 5, "text", [], {}, SimpleNamespace(id=1), [[]]], ids=repr)
def test_what_is_no_object_fails_or_not_as_with_marshmallow(kind, data):
    assert_agreement(kind(), data)
    assert_agreement(kind(), data, many=True)


class Double(Converted):
    def convert(self, value):
        return value * 2


class Inner(Resource):
    id = Plain()
    when = LegacyTime(data_key="time")


class Hooked(Inner):
    @pre_dump
    def before(self, data, **_):
        return {**data, "id": data["id"] + 1}

    @post_dump(pass_collection=True)
    def after(self, data, many, **_):
        return {"all": data} if many else data


class Everything(Resource):
    """Each kind of field that marshmallow has of use to a resource, in each of its forms."""

    plain = Plain(data_key="renamed")
    elsewhere = Plain(attribute="other")
    deep = Double(attribute="a.b.c")
    absent = Plain(dump_default="default")
    made = Plain(dump_default=list)
    number = fields.Integer()
    numbers = fields.List(fields.Integer())
    doubles = fields.List(Double(), data_key="twice")
    grid = fields.List(fields.List(Double()))
    one = fields.Nested(Inner)
    many = fields.Nested(Inner, many=True)
    part = fields.Nested(Inner(only=("id",)))
    less = fields.Nested(lambda: Inner(many=True), exclude=("when",))
    hooked = fields.Nested(Hooked)
    all_hooked = fields.Nested(Hooked, many=True)
    each = fields.List(fields.Nested(Hooked))
    id = fields.Pluck(Inner, "id")
    method = fields.Method("length")
    function = fields.Function(lambda data: data["plain"])
    constant = fields.Constant([1])
    unsaid = Plain(load_only=True)
    keys = Plain()

    def length(self, data):
        return len(data)


GONE = ...
_INNER = {"id": 1, "when": "2024-09-01T12:00:00Z", "more": 5}
WHOLE = {
    **{"plain": "x", "other": "y", "a": {"b": {"c": 2}}, "number": "7", "numbers": ["8"], "doubles": [1, "a"]},
    **{"grid": [[1], None], "one": _INNER, "many": [_INNER], "part": _INNER, "less": [_INNER], "hooked": _INNER},
    **{"all_hooked": [_INNER], "each": [_INNER], "id": _INNER, "unsaid": 1, "keys": 3},
}


def test_every_kind_of_field_agrees_with_marshmallow():
    found = assert_agreement(Everything(), WHOLE)
    assert "'renamed': 'x', 'elsewhere': 'y', 'deep': 4, 'absent': 'default', 'made': []" in found
    assert "'less': [{'id': 1}], 'hooked': {'id': 2, 'time': '2024-09-01T12:00:00+00:00'}" in found
    assert "'all_hooked': {'all': [" in found


@pytest.mark.parametrize("missing", [*WHOLE, "a.b", "a.b.c", "one.when"])
@pytest.mark.parametrize("instead", [GONE, None, 5, "text", [], {}, [5]], ids=repr)
def test_every_kind_of_field_agrees_over_every_hole(missing, instead):
    *above, last = missing.split(".")
    data = dict(WHOLE)
    place = data
    for step in above:
        place[step] = dict(place[step])
        place = place[step]
    del place[last]
    if instead is not GONE:
        place[last] = instead
    assert_agreement(Everything(), data)
    assert_agreement(Everything(), SimpleNamespace(**data))


def test_a_copy_has_its_own_fields():
    schema = Inner()
    schema.dump(_INNER)

    class Outer(Resource):
        inner = fields.Nested(schema, only=("id",))

    assert assert_agreement(Outer(), {"inner": _INNER}) == "{'inner': {'id': 1}}"


@given(st.text(st.characters(codec="utf-8")))
def test_texts_pass_through(text):
    assert Plain().convert(text) == text
