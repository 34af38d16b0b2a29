"""Error pages (conventions 6.6), routes' edges (2.1), and what is no route."""

import pytest

from shim.crypto import BearerToken
from tests.conftest import WEBHOOK_KEY
from tests.toy import client

AUTHORIZED = {"Authorization": f"token {BearerToken(4102444800, '', '', 'jdoe').mint(WEBHOOK_KEY)}"}
NOT_FOUND = '{"errors": [{"reason": "404 not found"}]}'
B405 = (
    "<!doctype html>\n<html lang=en>\n<title>405 Method Not Allowed</title>\n<h1>Method Not Allowed</h1>\n"
    "<p>The method is not allowed for the requested URL.</p>\n"
)


@pytest.mark.parametrize("path", ["/api", "/api/", "/api/nothing", "/apix", "/api/a/b/c/d"])
def test_what_is_no_route_below_api_is_json_without_asking_who_calls(path):
    answer = client().get(path)
    assert (answer.status_code, answer.content_type, answer.text) == (404, "application/json", NOT_FOUND)


def test_what_is_no_route_elsewhere_is_a_page():
    answer = client().get("/nothing")
    assert (answer.status_code, answer.content_type) == (404, "text/html; charset=utf-8")


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("PUT", "/api/things", {"GET", "HEAD", "OPTIONS", "POST"}),
        ("POST", "/api/nothing", {"GET", "HEAD", "OPTIONS"}),
        ("PATCH", "/api/user", {"GET", "HEAD", "OPTIONS"}),
    ],
)
def test_a_wrong_method_is_html_with_the_allowed_ones(method, path, allowed):
    answer = client().open(path, method=method)
    assert (answer.status_code, answer.content_type, answer.text) == (405, "text/html; charset=utf-8", B405)
    assert set(answer.headers["Allow"].split(", ")) == allowed


def test_options_answers_without_authorization_and_without_a_body():
    answer = client().options("/api/things")
    assert (answer.status_code, answer.get_data()) == (200, b"")
    assert set(answer.headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS", "POST"}


def test_head_is_get_without_a_body():
    answer = client().head("/api/things", headers=AUTHORIZED)
    assert (answer.status_code, answer.content_type, answer.get_data()) == (200, "application/json", b"")


@pytest.mark.parametrize("path", ["/api/version/", "/api/things/?start=0"])
def test_trailing_slashes_are_served(path):
    assert client().get(path, headers=AUTHORIZED).status_code == 200


@pytest.mark.parametrize(
    ("path", "location"),
    [
        ("/api//things", "/api/things"),
        ("/api/~a//things?start=3", "/api/~a/things?start=3"),
    ],
)
def test_doubled_slashes_are_redirected_to_the_merged_path(path, location):
    answer = client().get(path)
    assert (answer.status_code, answer.headers["Location"]) == (308, location)


def test_doubled_slashes_that_lead_nowhere_are_not_found():
    answer = client().get("/api//nothing")
    assert (answer.status_code, answer.text) == (404, NOT_FOUND)


def test_an_owner_without_tilde_is_unknown_once_the_caller_is_known():
    assert client().get("/api/jdoe/things").status_code == 401
    assert client().get("/api/jdoe/things", headers=AUTHORIZED).text == NOT_FOUND


def test_a_fault_is_the_old_500_page_with_an_id_to_find_it_by():
    answer = client().get("/api/crash", headers=AUTHORIZED)
    assert (answer.status_code, answer.content_type) == (500, "text/html; charset=utf-8")
    assert "500 Internal Error" in answer.text
    assert "a fault" not in answer.text
    assert len(answer.headers["X-Request-Id"]) == 16


def test_every_answer_tells_its_times():
    answer = client().get("/api/things", headers=AUTHORIZED)
    assert answer.headers["Server-Timing"].startswith("total;dur=")
