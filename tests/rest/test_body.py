"""Bodies and validation, row by row (conventions 6.1 to 6.3)."""

import json
from io import BytesIO

import pytest
from flask import Request

from shim.crypto import BearerToken
from shim.rest.body import Body
from tests.conftest import WEBHOOK_KEY
from tests.toy import client

TOKEN = BearerToken(4102444800, "", "", "jdoe").mint(WEBHOOK_KEY)
AUTHORIZED = {"Authorization": f"token {TOKEN}"}
JSON = {**AUTHORIZED, "Content-Type": "application/json"}
REST = {"name": "n", "title": "t"}


def post(data=None, headers=JSON, **options):
    body = data if isinstance(data, str | bytes) else json.dumps(data)
    answer = client(**options).post("/api/things", data=body, headers=headers)
    return answer.status_code, answer.get_data(as_text=True)


def errors(*pairs):
    found = [{"field": field, "reason": reason} if field else {"reason": reason} for field, reason in pairs]
    return 400, json.dumps({"errors": found})


BOTH = (("name", "name is required"), ("title", "Title is required"))


@pytest.mark.parametrize(
    ("body", "complaint"),
    [
        ("{", "Invalid JSON provided"),
        ("", "Invalid JSON provided"),
        ("[]", "Expected JSON dictionary"),
        ("5", "Expected JSON dictionary"),
    ],
)
def test_undecodable_bodies_go_on_with_an_empty_object(body, complaint):
    assert post(body) == errors((None, complaint), *BOTH)


def test_a_number_of_too_many_digits_is_invalid_json_and_no_crash():
    complaint = errors((None, "Invalid JSON provided"), *BOTH)
    assert post('{"name": ' + "1" * 5000 + "}") == complaint


@pytest.mark.parametrize(
    "kind", ["application/json; charset=utf-8", "application/json;", "Application/JSON", "text/json", None]
)
def test_json_under_another_type_is_a_form(kind):
    headers = dict(AUTHORIZED, **({"Content-Type": kind} if kind else {}))
    assert post(REST, headers) == errors(*BOTH)


@pytest.mark.parametrize("value", ["", 0, [], {}])
def test_empty_values_count_as_missing(value):
    kinds = {0: "int", "": "str"}
    expected = [("name", "name is required")]
    if kinds.get(value if isinstance(value, str | int) else None) != "str":
        expected.insert(0, ("name", "name should be a str"))
    assert post({**REST, "name": value}) == errors(*expected)


def test_null_is_two_errors_where_required_and_one_where_not():
    assert post({**REST, "name": None}) == errors(("name", "name may not be null"), ("name", "name is required"))
    assert post({**REST, "note": None}) == errors(("note", "note may not be null"))


def test_a_wrong_type_is_two_errors_where_required_and_one_where_not():
    assert post({**REST, "name": 5}) == errors(("name", "name should be a str"), ("name", "name is required"))
    assert post({**REST, "flag": "yes"}) == errors(("flag", "flag should be a bool"))


def test_a_label_stands_in_the_text_but_not_in_the_field():
    assert post({"name": "n"}) == errors(("title", "Title is required"))


def test_enums_match_by_member_name():
    assert post({**REST, "sort": 5}) == errors(("sort", "sort should be an str"))
    assert post({**REST, "sort": "BIG"}) == errors(("sort", "sort should be a valid Sort"))


def test_errors_stand_in_order_of_detection():
    body = {"note": None, "sort": 1, "flag": 3}
    assert post(body) == errors(
        *BOTH, ("flag", "flag should be a bool"), ("note", "note may not be null"), ("sort", "sort should be an str")
    )


def test_false_is_a_value_and_unknown_fields_are_ignored(script):
    script.steps = [{"data": {"make": {"id": 1}}}]
    status, body = post({**REST, "flag": False, "other": 1}, origin=script.origin)
    assert status == 201
    assert json.loads(body)["values"] == {"name": "n", "title": "t", "flag": False}


def test_of_repeated_form_keys_the_first_wins_and_of_json_keys_the_last(script):
    script.steps = [{"data": {"make": {"id": 1}}}]
    form = {**AUTHORIZED, "Content-Type": "application/x-www-form-urlencoded"}
    assert json.loads(post("name=a&name=b&title=t", form, origin=script.origin)[1])["values"]["name"] == "a"
    assert (
        json.loads(post('{"name": "a", "name": "b", "title": "t"}', origin=script.origin)[1])["values"]["name"] == "b"
    )


def test_a_form_cannot_give_a_boolean():
    form = {**AUTHORIZED, "Content-Type": "application/x-www-form-urlencoded"}
    assert post("name=a&title=t&flag=true", form) == errors(("flag", "flag should be a bool"))


def test_invalid_utf8_crashed():
    assert post(b'{"name": "\xff"}')[0] == 500


def multipart(**fields):
    answer = client().post("/api/things", data=fields, headers={**AUTHORIZED, "Content-Type": "multipart/form-data"})
    return answer.status_code, answer.get_data(as_text=True)


def test_a_file_is_a_field_of_bytes():
    wrong = (("name", "name should be a str"), ("name", "name is required"))
    assert multipart(name=(BytesIO(b"n"), "n.txt"), title="t") == errors(*wrong)


@pytest.mark.parametrize(("content", "name"), [(b"", "n.txt"), (b"n", "")])
def test_a_file_without_name_or_content_is_no_value(content, name):
    assert multipart(name=(BytesIO(content), name), title="t") == errors(("name", "name is required"))


def test_a_text_goes_before_a_file_but_an_empty_one_does_not():
    data = {"a": [(BytesIO(b"file"), "f"), "text"], "b": [(BytesIO(b"f"), "f"), ""]}
    with Request.from_values(method="POST", data=data) as request:
        fields = Body(request).fields
        assert (fields["a"], fields["b"], fields["b"], list(fields)) == ("text", b"f", b"f", ["a", "b"])
        assert ("a" in fields, "c" in fields, fields.get("c"), len(fields)) == (True, False, None, 2)
