"""Who may read `/metrics`, and in which form."""

import ipaddress

import pytest
from flask import Flask
from prometheus_client.openmetrics.parser import text_string_to_metric_families

from shim.metrics import Meter, blueprint
from tests import toy
from tests.metrics.kit import backend, exchange, read

MONITOR = ipaddress.ip_network("192.0.2.9/32")
PROXY = ipaddress.ip_network("192.0.2.1/32")


def ask(peer="192.0.2.9", method="GET", **headers):
    """The answer to somebody."""
    meter = Meter({"toy": backend()})
    meter.observe(exchange())
    app = Flask("test")
    app.register_blueprint(blueprint(meter, toy.config(metrics_ipnet=(MONITOR,), trusted_proxies=(PROXY,))))
    return app.test_client().open("/metrics", method=method, headers=headers, environ_overrides={"REMOTE_ADDR": peer})


def test_who_may_gets_the_text_that_prometheus_reads():
    answer = ask()
    assert (answer.status_code, answer.content_type) == (200, "text/plain; version=0.0.4; charset=utf-8")
    assert read(answer.text)["shim_requests_total", "toy", "get-things", "GET", "2xx"] == 1


@pytest.mark.parametrize(
    ("peer", "forwarded", "status"),
    [
        ("192.0.2.8", None, 403),
        ("", None, 403),
        ("192.0.2.8", "192.0.2.9", 403),
        ("192.0.2.1", "192.0.2.9", 200),
        ("192.0.2.1", "192.0.2.9, 192.0.2.7", 403),
        ("192.0.2.1", "nonsense", 403),
        ("192.0.2.9", "192.0.2.9", 403),
        ("192.0.2.1", None, 403),
    ],
)
def test_only_who_is_surely_allowed_gets_anything(peer, forwarded, status):
    answer = ask(peer, **({"X-Forwarded-For": forwarded} if forwarded else {}))
    assert answer.status_code == status
    assert ("shim_" in answer.text) is (status == 200)


def test_openmetrics_is_given_for_the_asking():
    answer = ask(Accept="application/openmetrics-text;version=1.0.0;q=0.5,text/plain;version=0.0.4;q=0.2")
    assert answer.content_type.startswith("application/openmetrics-text; version=1.0.0")
    assert "shim_requests" in {family.name for family in text_string_to_metric_families(answer.text)}


@pytest.mark.parametrize(
    "accept", ["", "*/*", "x" * 5000, "text/plain;version=x", "application/openmetrics-text;version=.", ";=;,"]
)
def test_any_accept_header_gets_some_form(accept):
    assert ask(Accept=accept).status_code == 200


def test_nothing_is_changed_by_asking():
    assert ask(method="POST").status_code == 405
    assert ask(method="HEAD").data == b""
