"""`shim webhooks`: from events in the sandbox that never arrive to a target that takes them."""

from __future__ import annotations

import base64
import json
import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import closing
from pathlib import Path

import pytest
import requests
from click.testing import CliRunner
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from werkzeug.serving import make_server
from werkzeug.test import Client

from bench.target import Target
from shim.app import create_app
from shim.cli import main
from shim.compare.stand.instance import Instance
from shim.config import load
from shim.crypto import BearerToken, internal_authorization
from shim.sandbox import Sandbox
from shim.services import subscription
from shim.store import open_store
from shim.webhooks.assembly import Parts
from shim.webhooks.reconciling import checks, reconcile
from shim.webhooks.sending.outcome import Outcome
from shim.webhooks.sending.parcel import Parcel, key_of
from tests.cassettes import FIXTURES
from tests.databases import PASSWORD
from tests.webhooks.waiting import hook

ROOT = Path(__file__).parents[2]
SECRET = "hunter2"
HOOK = hook(1, url=f"https://ci.example.org/h?token={SECRET}", expires=1_900_000_000)
LATE = Outcome(failure="timeout")


class Shop:
    """A configuration with a store, and commands over it."""

    def __init__(self, folder, url, **settings):
        self.file, self.url = folder / "config.ini", url
        shim = {"store": url, "webhook-networks": "127.0.0.0/8", "era": "2026", "webhook-origin": "http://127.0.0.1:9"}
        shim["internal-ipnet"] = "127.0.0.0/8"
        places = {("shim", name.replace("_", "-")): value for name, value in {**shim, **settings}.items()}
        api = places.pop(("shim", "api"), "http://127.0.0.1:9")
        origins = {(f"{name}.sr.ht", "api-internal-origin"): f"{api}/{name}" for name in ("git", "todo", "lists")}
        self.file.write_text(Instance(FIXTURES).text({**places, **origins}))
        self.config = load(str(self.file), {})

    def run(self, *words, status=0, **options):
        result = CliRunner().invoke(main, ["webhooks", words[0], "--config", str(self.file), *words[1:]], **options)
        assert result.exit_code == status, result.output
        assert PASSWORD not in result.output
        return result

    def told(self, *words, **options):
        return json.loads(self.run(*words, "--json", **options).stdout)

    def keep(self, *numbers, of=HOOK):
        with closing(open_store(self.url)) as store:
            for number in numbers:
                Parts.of(self.config, store).outbox.keep(parcel(number, of), LATE)

    def rows(self, sql="SELECT * FROM outbox ORDER BY uuid"):
        with closing(open_store(self.url)) as store:
            return store.read(sql)


def parcel(number, of=HOOK):
    uuid = f"00000000-0000-4000-8000-{number:012}"
    payload = json.dumps({"description": f"event {number}"}).encode()
    return Parcel(key_of(of), of, of.url, "repo:update", uuid, payload)


@pytest.fixture
def shop(store, store_url, tmp_path):
    return Shop(tmp_path, store_url)


@pytest.fixture
def file_shop(sqlite_store, sqlite_url, tmp_path):
    return Shop(tmp_path, sqlite_url)


def test_nothing_waits(shop):
    assert shop.run("list").output == "Nothing waits.\n"
    assert shop.told("list") == []
    assert shop.run("retry", "--all").output == "Nothing waits.\n"


def test_what_waits_is_listed_without_secrets(shop):
    shop.keep(1, 2)
    shop.keep(3, of=hook(2, url="https://bot:pw@other.example.org/x"))
    text = shop.run("list").output
    assert len(text.splitlines()) == 3
    assert "https://ci.example.org/h?..." in text
    for secret in (SECRET, "bot:pw"):
        assert secret not in text
        assert secret in shop.run("list", "--urls").output
    first = next(row for row in shop.told("list") if row["key"] == key_of(HOOK))
    assert (first["state"], first["waiting"], first["attempts"], first["user"]) == ("waiting", 2, 1, "jdoe")
    assert first["expires"] == "2030-03-17T17:46:40+00:00"


def test_what_subscribers_chose_says_nothing_to_a_terminal(shop):
    odd = hook(3, url="https://a.example.org/\x1b]0;mine\x9b2J\u202egro", user="j\x1b[2Jdoe")
    shop.keep(1, of=odd)
    for words in (("list",), ("list", "--urls"), ("show", key_of(odd)), ("show", key_of(odd), "--urls")):
        text = shop.run(*words).output
        assert "https://a.example.org/\\x1b]0;mine\\x9b2J\\u202egro" in text
        assert all(line.isprintable() for line in text.splitlines())
    assert shop.told("show", key_of(odd))["target"] == odd.url


def test_one_is_shown_by_the_beginning_of_its_key(shop):
    shop.keep(1)
    told = shop.told("show", key_of(HOOK)[:6].upper())
    assert told["target"] == "https://ci.example.org/h?..."
    assert [(row["event"], row["attempts"], row["problem"]) for row in told["deliveries"]] == [
        ("repo:update", 1, "timeout")
    ]
    text = shop.run("show", key_of(HOOK)).output
    assert SECRET not in text
    assert parcel(1).uuid in text


def test_a_key_that_means_none_or_several_is_refused(shop):
    shop.keep(1)
    shop.keep(1, of=hook(2))
    assert "is the key of no subscription" in shop.run("show", "zz", status=2).output
    assert "is the beginning of several keys" in shop.run("show", "", status=2).output


def test_what_is_parked_is_listed_first_and_goes_on_by_retry(shop):
    shop.keep(1)
    shop.keep(1, of=hook(2))
    with closing(open_store(shop.url)) as store:
        sql = "UPDATE webhooks SET parked_at = 1, reason = 'answered 503' WHERE subscription = :key"
        store.write(lambda s: s.run(sql, key=key_of(HOOK)))
        store.write(lambda s: s.run("UPDATE outbox SET next_at = NULL WHERE subscription = :key", key=key_of(HOOK)))
    assert [row["state"] for row in shop.told("list")] == ["parked", "waiting"]
    assert "parked: answered 503" in shop.run("list").output
    assert shop.run("retry", key_of(HOOK)[:8]).output == f"{key_of(HOOK)[:8]}: 1 tried now\n"
    assert {row["state"] for row in shop.told("list")} == {"waiting"}
    assert [row["attempts"] for row in shop.rows() if row["subscription"] == key_of(HOOK)] == [0]
    assert shop.run("retry", status=2).output.startswith("Error: name subscriptions")
    assert {row["deliveries"] for row in shop.told("retry", "--all")} == {1}


def test_what_waits_is_let_go_of(shop):
    shop.keep(1, 2, 3)
    shop.keep(1, of=hook(2))
    assert shop.told("drop", key_of(HOOK), parcel(2).uuid)[0]["deliveries"] == 1
    assert shop.run("drop", key_of(HOOK)).output == f"{key_of(HOOK)[:8]}: 2 dropped\n"
    assert [row["key"] for row in shop.told("list", "--all")] == [key_of(hook(2))]


def test_what_waits_is_sent(shop):
    target = Target("description", refusing=0)
    with target.running() as url:
        shop.keep(1, 2, of=hook(1, url=url))
        shop.run("retry", "--all")
        assert shop.told("work", "--once") == {"delivered": 2, "failed": 0}
    assert set(target.taken) == {"event 1", "event 2"}
    assert shop.run("work", "--once").output == "0 delivered, 0 failed and wait\n"


def test_the_worker_ends_when_told(file_shop):
    target = Target("description", refusing=0)
    with target.running() as url:
        file_shop.keep(1, of=hook(1, url=url))
        file_shop.run("retry", "--all")
        words = [sys.executable, "-W", "error", "-m", "shim", "webhooks", "work", "--config", str(file_shop.file)]
        process = subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        try:
            with target.changed:
                target.changed.wait_for(lambda: target.taken, 30)
            process.send_signal(signal.SIGTERM)
            printed, complaints = process.communicate(timeout=30)
        finally:
            process.kill()
            process.communicate()
    assert (process.returncode, printed, complaints) == (0, "1 delivered, 0 failed and wait\n", "")


def test_without_a_store_or_keys_it_says_what_to_write(tmp_path, sqlite_url):
    file = tmp_path / "config.ini"
    for lines, problem in (("store = none", "[shim] store is none"), (f"store = {sqlite_url}", "[sr.ht] network-key")):
        file.write_text(f"[git.sr.ht]\norigin = https://git.example.org\n[shim]\n{lines}\n")
        for command in (["list"], ["work", "--once"], ["reconcile"]):
            result = CliRunner().invoke(main, ["webhooks", *command, "--config", str(file)])
            assert result.exit_code == 2
            assert problem in result.output
    result = CliRunner().invoke(main, ["webhooks", "key", "--config", str(file)])
    assert (result.exit_code, "webhook-signing-key" in result.output) == (2, True)


def test_the_key_verifies_what_is_signed(file_shop):
    (key,) = file_shop.told("key")
    assert file_shop.run("key").output == f"{key}\n"
    assert len(base64.b64decode(key)) == 32


@pytest.fixture
def api():
    """GraphQL servers that give a delivery up at once."""
    opened = {}

    def run(era):
        sandbox = Sandbox(FIXTURES, era=era, services=["git", "todo", "lists"], waits=())
        context = sandbox.running()
        opened[context] = sandbox
        return sandbox, context.__enter__()

    yield run
    for context in opened:
        context.__exit__(None, None, None)


class Owner:
    """Somebody with subscriptions, by the old API and by the new one."""

    def __init__(self, shop, base):
        self.base = base
        self.token = self.minted("jdoe")
        self.headers = {"Authorization": f"Bearer {self.token}"}
        self.store = open_store(shop.url)
        self.app = create_app(shop.config, store=self.store)
        self.client = Client(self.app)

    def minted(self, user):
        return BearerToken(4102444800, "", "", user).mint(Instance(FIXTURES).keys("git").private_key)

    def subscribe(self, url):
        wanted = {"url": url, "events": ["repo:update"]}
        response = self.client.post("/git/api/user/webhooks", json=wanted, headers=self.headers)
        assert response.status_code == 201, response.text
        return response.json["id"]

    def subscribe_as_server(self, path, url, *events):
        """As another service of the instance, which alone may subscribe to trackers and tickets."""
        key = Instance(FIXTURES).keys("todo").network_key
        wanted = {"url": url, "events": events}
        headers = {"Authorization": f"Internal {internal_authorization(key, 'jdoe', now=time.time())}"}
        here = {"REMOTE_ADDR": "127.0.0.1"}
        response = self.client.post(path, json=wanted, headers=headers, environ_overrides=here)
        assert response.status_code == 201, response.text
        return response.json["id"]

    def rename_tracker(self, name, to):
        found = self._ask(f'query {{ user(username: "jdoe") {{ tracker(name: "{name}") {{ id }} }} }}', "todo")
        number = found["user"]["tracker"]["id"]
        self._ask(f'mutation {{ updateTracker(id: {number}, input: {{name: "{to}"}}) {{ id }} }}', "todo")

    def comment(self, sandbox, text, tracker="widgets", number=2):
        path = f"/todo/api/trackers/{tracker}/tickets/{number}"
        response = self.client.put(path, json={"comment": text}, headers=self.headers)
        assert response.status_code == 200, response.text
        assert sandbox.drain(20)

    def listed(self):
        return self.client.get("/git/api/user/webhooks", headers=self.headers).json["results"]

    def deliveries(self, number):
        return self.client.get(f"/git/api/user/webhooks/{number}/deliveries", headers=self.headers).json["results"]

    def update(self, sandbox, text):
        repository = 'query { user(username: "jdoe") { repository(name: "weather") { id } } }'
        number = self._ask(repository)["user"]["repository"]["id"]
        self._ask(f'mutation {{ updateRepository(id: {number}, input: {{description: "{text}"}}) {{ id }} }}')
        assert sandbox.drain(20)

    def _ask(self, query, service="git"):
        response = requests.post(
            f"{self.base}/{service}/query", json={"query": query}, headers=self.headers, timeout=20
        )
        return response.json()["data"]

    def close(self):
        self.app.close()
        self.store.close()


@pytest.fixture
def down(monkeypatch, api, sqlite_store, sqlite_url, tmp_path):
    """A shop whose receiver nobody reaches, an owner of a subscription, and the target."""
    for module in (reconcile, checks):
        monkeypatch.setattr(module, "SETTLED", 0)
    owners, targets = [], []

    def run(era, **settings):
        sandbox, base = api(era)
        shop = Shop(tmp_path, sqlite_url, api=base, era=era, **settings)
        owner = Owner(shop, base)
        owners.append(owner)
        target = Target("description", refusing=0)
        context = target.running()
        targets.append(context)
        return shop, sandbox, owner, target, context.__enter__()

    yield run
    for owner in owners:
        owner.close()
    for context in targets:
        context.__exit__(None, None, None)


def assert_sent_once(shop, target):
    """By the command, or by the app's own worker, which may be faster."""
    shop.run("work", "--once")
    with target.changed:
        target.changed.wait_for(lambda: target.taken, 30)
    assert {told: len(arrivals) for told, arrivals in target.taken.items()} == {"while down": 1}
    for _ in range(100):
        shop.run("work", "--once")
        if not shop.rows():
            return
    raise AssertionError("it still waits")


def test_what_never_arrived_is_delivered_once_by_the_authorization_of_services(down):
    shop, sandbox, owner, target, url = down("2026")
    number = owner.subscribe(url)
    owner.update(sandbox, "while down")
    assert shop.told("reconcile", "--service", "git", "--user", "jdoe", "--dry-run")["missing"] == 1
    assert shop.rows() == []
    found = shop.told("reconcile", "--service", "git", "--user", "~jdoe")
    assert (found["subscriptions"], found["missing"], found["problems"]) == (1, 1, [])
    assert_sent_once(shop, target)
    assert shop.told("reconcile")["missing"] == 0
    assert owner.deliveries(number)[0]["response_status"] == 200


def test_what_never_arrived_is_delivered_once_by_a_users_token(down, tmp_path):
    shop, sandbox, owner, target, url = down("2024")
    number = owner.subscribe(url)
    owner.update(sandbox, "while down")
    assert "1 of 1 lists" in shop.run("reconcile", "--service", "git", "--user", "jdoe", status=1).output
    text = shop.run("reconcile", "--service", "git", "--token-file", "-", input=owner.token).stdout
    assert text == "1 subscriptions compared: 1 deliveries are missing and are delivered now\n"
    assert_sent_once(shop, target)
    assert owner.deliveries(number)[0]["response_status"] == 200
    assert "no personal access token" in shop.run("reconcile", "--token-file", "-", status=2, input="x").output


@pytest.mark.parametrize("given", [b"", b" \n", b"\xd7\xff", b"x" * 5000, b"AAAA"])
def test_what_is_no_token_asks_as_nobody(file_shop, given):
    output = file_shop.run("reconcile", "--token-file", "-", status=2, input=given).output
    assert output.endswith("Error: --token-file holds no personal access token\n")


def test_a_service_that_there_is_not_is_told(file_shop):
    assert "'gti' is no service" in file_shop.run("reconcile", "--service", "gti", status=2).output


def test_the_owner_who_looks_has_it_delivered_too(down):
    shop, sandbox, owner, target, url = down("2024")
    number = owner.subscribe(url)
    owner.update(sandbox, "while down")
    assert owner.deliveries(number)[0]["response_status"] == -2
    assert_sent_once(shop, target)


@pytest.mark.parametrize("look", ["list", "one"])
def test_the_owner_who_only_lists_has_it_delivered_too(down, look):
    shop, sandbox, owner, target, url = down("2024")
    number = owner.subscribe(url)
    owner.update(sandbox, "while down")
    if look == "list":
        assert [row["id"] for row in owner.listed()] == [number]
    else:
        owner.client.get(f"/git/api/user/webhooks/{number}", headers=owner.headers)
    assert_sent_once(shop, target)


TRACKER = "/todo/api/user/~jdoe/trackers/widgets"


def test_what_never_arrived_of_trackers_and_tickets_is_delivered_by_the_command(down):
    shop, sandbox, owner, _, url = down("2026")
    for path in (TRACKER, f"{TRACKER}/tickets/2", f"{TRACKER}/tickets/1"):
        owner.subscribe_as_server(f"{path}/webhooks", url, "event:create")
    owner.comment(sandbox, "while down")
    assert shop.told("reconcile", "--dry-run")["missing"] == 2
    found = shop.told("reconcile")
    assert {name: found[name] for name in ("subscriptions", "missing", "unreachable", "left", "problems")} == {
        "subscriptions": 3,
        "missing": 2,
        "unreachable": 0,
        "left": 0,
        "problems": [],
    }
    assert {row["event"] for row in shop.rows()} <= {"event:create"}
    assert shop.told("reconcile")["missing"] == 0


def test_their_names_may_have_changed_since(down):
    shop, sandbox, owner, _, url = down("2026")
    owner.subscribe_as_server(f"{TRACKER}/webhooks", url, "event:create")
    owner.rename_tracker("widgets", "gadgets")
    owner.comment(sandbox, "while down", tracker="gadgets")
    assert shop.told("reconcile")["missing"] == 1


@pytest.mark.parametrize("place", ["", "alice/gone", "alice/", "nobody/bugs"])
def test_those_that_are_not_where_they_were_are_counted(down, place):
    shop, *_ = down("2026")
    with closing(open_store(shop.url)) as store:
        Parts.of(shop.config, store).outbox.meet(hook(service="todo", kind="tracker", parent="999"), place)
    found = shop.told("reconcile")
    assert (found["unreachable"], found["subscriptions"], found["problems"]) == (1, 0, [])
    (looked,) = shop.rows("SELECT subscription, checked_at FROM webhook_checks")
    assert looked["checked_at"] > 0
    assert "1 trackers, tickets or lists are not where they were" in shop.run("reconcile").output


@pytest.mark.parametrize(("whose", "name"), [("jdoe", "demo-devel"), ("alice", "misc")])
@pytest.mark.parametrize("paging", ["auto", "walk"])
def test_what_never_arrived_of_a_list_is_delivered_by_the_command(down, whose, name, paging):
    """The user's own, and one of another user's."""
    shop, sandbox, owner, target, url = down("2026", paging=paging)
    owner.subscribe_as_server(f"/lists/api/user/~{whose}/lists/{name}/webhooks", url, "list:update")
    token = {"Authorization": f"Bearer {owner.minted(whose)}"}
    changed = owner.client.put(f"/lists/api/lists/{name}", json={"description": "while down"}, headers=token)
    assert changed.status_code == 200
    assert sandbox.drain(20)
    found = shop.told("reconcile")
    assert (found["subscriptions"], found["missing"], found["unreachable"], found["problems"]) == (1, 1, 0, [])
    assert_sent_once(shop, target)


def test_what_there_are_no_calls_for_comes_first_the_next_time(down):
    shop, _, owner, _, url = down("2026")
    owner.subscribe(url)
    for number in (1, 2, 3):
        owner.subscribe_as_server(f"{TRACKER}/tickets/{number}/webhooks", url, "event:create")
    seen = []
    for _ in range(4):
        assert shop.told("reconcile", "--calls", "6")["left"] > 0
        seen.append(len(shop.rows("SELECT * FROM webhook_checks")))
    assert seen[0] < seen[-1] == 4
    assert shop.told("reconcile")["subscriptions"] == 4
    assert "are left for the next time" in shop.run("reconcile", "--calls", "1").output


def test_a_list_that_repeats_itself_is_not_followed_for_ever(down):
    shop, _, owner, _, url = down("2026", paging="walk")
    for number in range(27):
        owner.subscribe(f"{url}/{number}")
    found = shop.told("reconcile", "--service", "git", "--calls", "40")
    assert (found["subscriptions"], found["left"]) == (25, 0)


def test_subscriptions_whose_token_is_about_to_end_are_deleted(down, monkeypatch):
    shop, _, owner, _, url = down("2026")
    owner.subscribe(url)
    words = ("reconcile", "--service", "git", "--user", "jdoe")
    assert shop.told(*words)["deleted"] == 0
    with monkeypatch.context() as patched:
        patched.setattr(subscription, "LEAD", 10**10)
        assert shop.told(*words, "--dry-run")["deleted"] == 1
        assert "1 subscriptions deleted" in shop.run(*words).output
    assert owner.listed() == []


def test_both_forms_of_a_delivery_are_compared(down):
    shop, sandbox, owner, _, url = down("2026")
    owner.subscribe(url)
    owner.update(sandbox, "changed")
    shop.told("reconcile", "--service", "git", "--user", "jdoe")
    (known,) = shop.told("list", "--all")
    text = shop.run("compare", known["key"]).output
    assert "repo:update / REPO_UPDATE" in text
    assert '+    "webhook": {' in text
    (pair,) = shop.told("compare", known["key"])
    assert json.loads(pair["old"])["description"] == "changed"
    assert json.loads(pair["native"])["data"]["webhook"]["repository"]["description"] == "changed"


def verified(shop, *words, status):
    told = shop.told("verify", *words, status=status)
    return {check["name"]: check["problem"] for check in told["checks"]}


def test_a_set_up_is_checked_from_end_to_end(sqlite_store, sqlite_url, tmp_path):
    server = make_server("127.0.0.1", 0, lambda environ, start: app(environ, start), threaded=True)
    shop = Shop(tmp_path, sqlite_url, webhook_origin=f"http://127.0.0.1:{server.server_port}")
    app = create_app(shop.config)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        assert set(verified(shop, status=0).values()) == {""}
        assert shop.run("verify").output.count("yes  ") == 5
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
    assert "can't be reached" in verified(shop, status=1)["the receiver"]


def test_what_is_missing_of_a_set_up_is_told(tmp_path):
    file = tmp_path / "config.ini"
    file.write_text("[git.sr.ht]\norigin = https://git.example.org\n[shim]\nstore = none\n")
    result = CliRunner().invoke(main, ["webhooks", "verify", "--config", str(file)])
    assert result.exit_code == 1
    assert result.output.count("no   ") == 5
    for setting in ("webhook-keys", "webhook-public-key", "webhook-signing-key", "store", "webhook-origin"):
        assert f"[shim] {setting}" in result.output


def delivery(body, nonce="0123456789abcdef", end=b"\r\n"):
    seed = base64.b64decode(Instance(FIXTURES).keys("git").private_key)
    signature = base64.b64encode(Ed25519PrivateKey.from_private_bytes(seed).sign(body + nonce.encode())).decode()
    lines = [f"X-Payload-Nonce: {nonce}", f"x-payload-signature: {signature}", "Content-Type: application/json"]
    return end.join(line.encode() for line in lines) + end + end + body


@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
def test_a_delivery_that_was_written_down_is_checked(file_shop, tmp_path, end):
    written = tmp_path / "delivery"
    written.write_bytes(delivery(b'{"data": 1}\n\n{}', end=end))
    name = "a delivery's signature"
    assert verified(file_shop, "--delivery", str(written), status=1)[name] == ""
    written.write_bytes(delivery(b'{"data": 1}', end=end) + b" ")
    assert "is not by this key" in verified(file_shop, "--delivery", str(written), status=1)[name]
    written.write_bytes(os.urandom(100))
    assert "is not by this key" in verified(file_shop, "--delivery", str(written), status=1)[name]
