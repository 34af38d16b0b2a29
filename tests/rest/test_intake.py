"""How much of a body is taken: bytes before they are read, values before they are built."""

from __future__ import annotations

import io
import json

import pytest
from flask import Request
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.test import EnvironBuilder

from shim.rest import intake
from shim.rest.body import Body
from shim.rest.errors import Refusal
from shim.rest.intake import DEEPEST, LARGEST, MOST_FIELDS, MOST_VALUES, Intake, check_json
from tests.rest.test_body import AUTHORIZED, JSON
from tests.toy import client

FORM = {**AUTHORIZED, "Content-Type": "application/x-www-form-urlencoded"}


class Source(io.BytesIO):
    """A body that must not be read."""

    def read(self, size=-1):
        raise AssertionError("read")


def environ(body, length=None, kind="application/json", **more):
    """The environment of a request with a body: of a length that was announced, or in chunks."""
    values = EnvironBuilder(method="POST", path="/api/things", content_type=kind).get_environ()
    values["wsgi.input"] = body if isinstance(body, io.IOBase) else io.BytesIO(body)
    if length is None:
        return {**values, "HTTP_TRANSFER_ENCODING": "chunked", "wsgi.input_terminated": True, **more}
    return {**values, "CONTENT_LENGTH": str(length), **more}


def read(values, limit=LARGEST):
    Intake.install(values, limit)
    return values["wsgi.input"].read()


def refused(answer, status=413, text=intake.TOO_LARGE):
    assert (answer.status_code, answer.json) == (status, {"errors": [{"reason": text}]})
    return answer


@pytest.mark.parametrize(
    "kind", ["application/json", "application/x-www-form-urlencoded", "multipart/form-data", "x/y"]
)
@pytest.mark.parametrize("headers", [{}, AUTHORIZED], ids=["anonymous", "authorized"])
def test_what_is_announced_too_large_is_refused_unread(kind, headers):
    values = environ(Source(), LARGEST + 1, kind)
    answer = refused(client().open("/api/things", method="POST", headers=headers, environ_overrides=values))
    assert answer.headers["Connection"] == "close"


@pytest.mark.parametrize("length", [0, 1, LARGEST])
@pytest.mark.parametrize("chunked", [False, True])
def test_what_fits_is_read_whole(length, chunked):
    body = bytes(length)
    assert read(environ(body, None if chunked else length)) == body


def test_chunks_are_read_no_further_than_the_limit():
    source = io.BytesIO(bytes(2 * LARGEST))
    values = environ(source)
    with pytest.raises(Refusal, match="too large"):
        read(values)
    assert (source.tell(), values["wsgi.input"].is_left) == (LARGEST + 1, True)


def test_nothing_is_read_behind_the_announced_end():
    source = io.BytesIO(b"{}GET / HTTP/1.1")
    assert read(environ(source, 2)) == b"{}"
    assert source.tell() == 2


def test_without_length_or_chunks_there_is_no_body():
    values = environ(Source(), 0)
    del values["CONTENT_LENGTH"]
    assert read(values) == b""


@pytest.mark.parametrize("length", ["-1", "²", "1_0", "x"])
def test_a_length_that_is_none_is_no_body(length):
    assert read({**environ(Source(), 0), "CONTENT_LENGTH": length}) == b""


class Failing(io.BytesIO):
    """A body that fails while it is read."""

    def __init__(self, error):
        super().__init__()
        self.error = error

    def read(self, size=-1):
        raise self.error


@pytest.mark.parametrize(
    ("body", "status", "text"),
    [
        (io.BytesIO(b"{"), 400, intake.CUT_SHORT),
        (Failing(ConnectionResetError()), 400, intake.CUT_SHORT),
        (Failing(TimeoutError()), 408, intake.TOO_SLOW),
        (Failing(ValueError("Invalid chunk size")), 400, intake.MALFORMED),
    ],
)
def test_a_body_that_does_not_come_is_the_clients_fault(body, status, text, capsys):
    answer = client().open("/api/things", method="POST", environ_overrides=environ(body, 20), headers=JSON)
    refused(answer, status, text)
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(
    "body",
    [
        b"[" + b",".join([b"[]"] * MOST_VALUES) + b"]",
        b"[" * (DEEPEST + 1),
        b'{"a":' * (DEEPEST + 1),
        b'[[],"\\\\",' + b"[" * DEEPEST,
        b"[" + b",".join([b'""'] * (2 * MOST_VALUES + 1)) + b"]",
    ],
    ids=["many", "deep", "deep objects", "behind a string", "quotes"],
)
def test_too_many_values_or_levels_are_refused(body):
    refused(client().post("/api/things", data=body, headers=JSON), 413, intake.TOO_COMPLEX)


@pytest.mark.parametrize(
    "value",
    [[1] * (MOST_VALUES - 10), "[" * 50_000, '\\"[{,' * 5_000, ["\\", "[" * 500, '"'], {'"[': ["\\\\" + "{" * 200]}],
    ids=["numbers", "brackets", "escapes", "backslash", "keys"],
)
def test_what_looks_like_values_inside_texts_does_not_count(value):
    check_json(json.dumps(value).encode())


_scalars = st.none() | st.booleans() | st.integers() | st.text(alphabet='\\"[]{},:a') | st.floats(allow_nan=False)
_values = st.recursive(_scalars, lambda v: st.lists(v) | st.dictionaries(st.text(alphabet='\\"[{,'), v), max_leaves=30)


@given(_values)
def test_any_small_json_passes(value):
    check_json(json.dumps(value).encode())


@given(_values)
def test_depth_is_counted_behind_any_value(value):
    with pytest.raises(Refusal):
        check_json(b"[" + json.dumps(value).encode() + b"," + b"[" * DEEPEST)


def test_a_form_of_too_many_fields_is_refused():
    fields = "&".join(f"f{n}=" for n in range(MOST_FIELDS + 1))
    refused(client().post("/api/things", data=fields, headers=FORM), 413, intake.TOO_COMPLEX)


def test_a_form_of_too_many_parts_is_refused():
    part = '--b\r\nContent-Disposition: form-data; name="a"\r\n\r\nx\r\n'
    headers = {**AUTHORIZED, "Content-Type": "multipart/form-data; boundary=b"}
    answer = client().post("/api/things", data=part * (MOST_FIELDS + 1) + "--b--\r\n", headers=headers)
    refused(answer)


@pytest.mark.parametrize("kind", ["application/json", "application/x-www-form-urlencoded"])
def test_what_is_held_in_memory_has_the_usual_limit_even_where_uploads_are_larger(kind):
    with pytest.raises(Refusal, match="too large"):
        Body(Request(environ(Source(), LARGEST + 1, kind)), limit=2**30)


def test_an_upload_may_be_as_large_as_its_endpoint_says():
    Body(Request(environ(Source(), 2**30, "multipart/form-data; boundary=b")), limit=2**30)


def test_anonymous_uploads_are_refused_before_they_are_read():
    values = environ(Source(), 2**19, "multipart/form-data; boundary=b")
    answer = client().open("/api/things", method="POST", environ_overrides=values)
    assert (answer.status_code, answer.headers["Connection"]) == (401, "close")


def test_a_small_unread_body_keeps_the_connection():
    values = environ(Source(), 20, "multipart/form-data; boundary=b")
    answer = client().open("/api/things", method="POST", environ_overrides=values)
    assert (answer.status_code, answer.headers.get("Connection")) == (401, None)


@pytest.mark.parametrize(
    "kind", ["multipart/form-data; boundary=b", "multipart/form-data", "multipart/form-data; boundary=ü"]
)
@pytest.mark.parametrize(
    "head",
    [
        b"Content-Disposition: form-data",
        b"Content-Disposition: form-data; name",
        b"Content-Disposition: form-data; name=\xff",
        b'Content-Disposition: form-data; name="name"; filename=""',
        b'Content-Disposition: form-data; name="name"; filename="\xff\x00"',
        b'Content-Disposition: form-data; name="name"\r\nContent-Type: text/plain; charset=utf-16',
        b"Content-Length: -1",
        b"",
    ],
)
def test_odd_parts_of_a_form_are_refused_as_absent_fields(kind, head, logged):
    body = b"--b\r\n" + head + b"\r\n\r\n\xff\x00\r\n--b--\r\n"
    answer = client().post(
        "/api/things", data=body, headers={**AUTHORIZED, "Content-Type": kind.encode().decode("latin-1")}
    )
    assert (answer.status_code, logged) == (400, [])


@pytest.mark.parametrize("body", ["name=%ff&title=%00", "=&=", "name", "name=%zz&name=2", "\x00=\xff", "%=%&&&"])
def test_odd_url_encoded_forms_are_read(body, logged):
    answer = client().post("/api/things", data=body.encode("latin-1"), headers=FORM)
    assert answer.status_code in (400, 500, 502)
    assert [entry for entry in logged if entry["event"] == "crash"] == []
