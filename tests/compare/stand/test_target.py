from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from werkzeug import Request as HttpRequest
from werkzeug import Response
from werkzeug.serving import make_server

from shim.compare.cassettes.exchange import Request
from shim.compare.stand.target import HttpTarget, NoAnswer, Unreachable, WsgiTarget, environ


def echo(environ: Any, start_response: Any) -> Any:
    """Answers with what it was asked."""
    request = HttpRequest(environ)
    told = [request.method, request.host, environ["PATH_INFO"], environ["QUERY_STRING"]]
    authorization = environ.get("HTTP_AUTHORIZATION", "-").encode("latin-1").decode()
    told += [authorization, request.get_data(as_text=True)]
    response = Response("|".join(told), 207, {"X-One": "1"})
    response.headers.add("Allow", "GET")
    response.headers.add("Allow", "PUT")
    return response(environ, start_response)


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    server = make_server("127.0.0.1", 0, echo)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


REQUEST = Request("POST", "http://git.example.org/api/a%2Fb//c?x=%20&x=1", (("Authorization", "token ü"),), b"body")


def test_a_wsgi_app_gets_path_and_headers_as_recorded() -> None:
    answer = WsgiTarget(echo).send(REQUEST)
    assert answer.status == 207
    assert answer.text == "POST|git.example.org|/api/a/b//c|x=%20&x=1|token ü|body"
    assert answer.headers["allow"] == "GET, PUT"


def test_the_environment_is_that_of_a_server() -> None:
    values = environ(Request("GET", "http://h:81/caf%C3%A9", (("Authorization", "token "), ("Content-Type", "a/b"))))
    assert values["PATH_INFO"] == "/café".encode().decode("latin-1")
    assert (values["RAW_URI"], values["SERVER_PORT"], values["HTTP_HOST"]) == ("/caf%C3%A9", "81", "h:81")
    assert (values["HTTP_AUTHORIZATION"], values["CONTENT_TYPE"]) == ("token", "a/b")
    assert "CONTENT_LENGTH" not in values


def test_an_app_that_raises_gives_no_answer() -> None:
    def broken(environ: Any, start_response: Any) -> Any:
        raise KeyError("x")

    with pytest.raises(NoAnswer, match="KeyError"):
        WsgiTarget(broken).send(REQUEST)


def test_a_running_shim_is_asked_by_host(address: str) -> None:
    target = HttpTarget(address, "git")
    assert target.send(REQUEST).text == "POST|git.example.org|/api/a/b//c|x=%20&x=1|token ü|body"
    sent, url = target.addressed(REQUEST)
    assert (sent.header("Host"), url) == ("git.example.org", f"{address}/api/a%2Fb//c?x=%20&x=1")


def test_a_running_shim_is_asked_by_path(address: str) -> None:
    target = HttpTarget(address + "/{service}/", "git")
    answer = target.send(Request("GET", "http://git.example.org/api/version"))
    assert answer.text == f"GET|{address.removeprefix('http://')}|/git/api/version||-|"


@pytest.mark.parametrize(
    "address", ["nonsense", "ftp://h", "http://h:port", "http://h:99999", "http://[::1", "http://u:p@h", "{service}"]
)
def test_an_address_that_is_none_is_refused(address: str) -> None:
    with pytest.raises(Unreachable):
        HttpTarget(address, "git")


def test_an_address_is_reached_or_not(address: str) -> None:
    HttpTarget(address, "git").reach()
    with pytest.raises(Unreachable, match=r"^http://127\.0\.0\.1:9: Connection refused$"):
        HttpTarget("http://127.0.0.1:9", "git").reach()


def test_nobody_there_gives_no_answer() -> None:
    with pytest.raises(NoAnswer, match=r"http://127\.0\.0\.1:9 gave no answer"):
        HttpTarget("http://127.0.0.1:9", "git").send(REQUEST)
