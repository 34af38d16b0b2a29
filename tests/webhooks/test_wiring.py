"""The receiver as the whole app serves it."""

import base64
import secrets

import pytest
from werkzeug.test import Client

from shim.app import create_app
from shim.config import parse
from shim.services.subscription import addresses_of
from tests.conftest import NETWORK_KEY, WEBHOOK_KEY
from tests.webhooks.kit import INSTANCE_KEY, Target, native, subscribed

INI = f"""
[sr.ht]
network-key = {NETWORK_KEY}
[webhooks]
private-key = {WEBHOOK_KEY}
[shim]
origin = http://shim.example.org
webhook-networks = 127.0.0.1
[git.sr.ht]
origin = http://git.example.org
"""


def deliver(client, url, nonce):
    """The answer to a native delivery."""
    body = native()
    signature = base64.b64encode(INSTANCE_KEY.sign(body + nonce.encode())).decode()
    path, headers = url.partition("example.org")[2], {"X-Payload-Nonce": nonce, "X-Payload-Signature": signature}
    environ = {"REMOTE_ADDR": "127.0.0.1"}
    return client.post(path, data=body, headers=headers, base_url="http://git.example.org", environ_overrides=environ)


def test_a_subscriptions_url_is_answered_and_counted(sqlite_store):
    config = parse(INI, "x")
    front = create_app(config, store=sqlite_store)
    client = Client(front)
    with Target() as target:
        url = addresses_of(config).make(subscribed(target.url))
        nonce = secrets.token_hex(8)
        answers = [deliver(client, url, nonce) for _ in range(2)]
    front.close()
    assert [answer.status_code for answer in answers] == [200, 403]
    assert len(target.received) == 1
    told = client.get("/metrics", environ_overrides={"REMOTE_ADDR": "127.0.0.1"}).text
    assert 'shim_webhooks_total{result="delivered",service="git"} 1.0' in told
    assert 'shim_webhooks_total{result="replayed",service="git"} 1.0' in told
    assert [row["nonce"] for row in sqlite_store.read("SELECT nonce FROM seen_nonces")] == [nonce]


@pytest.mark.parametrize("missing", ["private-key", "network-key"])
def test_without_keys_there_is_no_receiver(missing):
    lines = [line for line in INI.splitlines() if not line.startswith(missing)]
    client = Client(create_app(parse("\n".join(lines), "x")))
    url = addresses_of(parse(INI, "x")).make(subscribed("http://127.0.0.1/"))
    assert deliver(client, url, "0" * 16).status_code == 404


def test_only_posts_are_taken():
    client = Client(create_app(parse(INI, "x")))
    assert client.get("/webhooks/git/x").status_code == 405
    assert client.post("/webhooks/git/x").status_code == 404
