"""The seal of subscriptions: what is in comes out, and nobody else's does."""

import base64
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shim import config
from shim.crypto import SealError
from shim.services import subscription as sealed
from shim.services.subscription import Addresses, Subscription
from shim.webhooks.receiving.receiver import Receiver

KEYS = st.lists(st.binary(min_size=32, max_size=32), min_size=1, max_size=3, unique=True)
TEXTS = st.text(max_size=50)
SUBSCRIPTIONS = st.builds(
    Subscription,
    service=st.sampled_from(["git", "todo"]),
    kind=st.sampled_from(["user", "tracker"]),
    parent=TEXTS,
    url=st.text(st.characters(), max_size=sealed.LONGEST_URL // 4),
    events=st.lists(TEXTS, max_size=4).map(tuple),
    user=TEXTS,
    fingerprint=TEXTS,
    created=st.integers(0, 2**40),
    expires=st.none() | st.integers(0, 2**40),
    sync=st.booleans(),
    dual=TEXTS,
)
KEY = bytes(range(32))
OTHER = bytes(range(32, 64))
LONGEST = Subscription(
    "todo",
    "tracker",
    "2147483647/2147483647",
    "https://example.org/" + "x" * (sealed.LONGEST_URL - 20),
    ("label:create", "label:delete", "ticket:create", "event:create"),
    "u" * 64,
    "0" * 32,
    1_900_000_000,
    1_900_000_000,
    True,
)


def refusal(keys, text):
    with pytest.raises(SealError) as caught:
        sealed.open_(keys, text)
    return str(caught.value)


@given(KEYS, SUBSCRIPTIONS)
def test_what_was_sealed_is_opened(keys, subscription):
    assert sealed.open_(keys, sealed.seal(keys, subscription)) == subscription


@given(KEYS, SUBSCRIPTIONS)
def test_an_older_key_still_opens_and_the_newest_seals(keys, subscription):
    text = sealed.seal(keys[-1:], subscription)
    assert sealed.open_(keys, text) == subscription
    if len(keys) > 1:
        assert refusal(keys[1:], sealed.seal(keys, subscription))


@given(SUBSCRIPTIONS, st.data())
def test_a_changed_text_is_refused(subscription, data):
    text = sealed.seal([KEY], subscription)
    at = data.draw(st.integers(0, len(text) - 1))
    other = data.draw(st.sampled_from("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_=+/.\u00fc "))
    changed = text[:at] + other + text[at + 1 :]
    assert changed == text or refusal([KEY], changed) == refusal([KEY], "")


@given(SUBSCRIPTIONS, st.data())
def test_a_text_cut_short_or_continued_is_refused(subscription, data):
    text = sealed.seal([KEY], subscription)
    assert refusal([KEY], text[: data.draw(st.integers(0, len(text) - 1))]) == refusal([KEY], "")
    assert refusal([KEY], text + data.draw(st.text(min_size=1, max_size=5))) == refusal([KEY], "")


@given(st.text() | st.binary(max_size=6000).map(lambda raw: base64.urlsafe_b64encode(raw).decode()))
def test_any_other_text_is_refused_alike(text):
    assert refusal([KEY], text) == "no subscription of this server"


def test_another_key_opens_nothing():
    assert refusal([OTHER], sealed.seal([KEY], LONGEST)) == refusal([OTHER], "garbage")


def test_one_subscription_never_looks_the_same_twice():
    assert sealed.seal([KEY], LONGEST) != sealed.seal([KEY], LONGEST)


def test_the_longest_target_fits_into_a_url():
    assert len(Addresses([KEY], "https://shim.internal.example.org:8080").make(LONGEST)) < 2000


def test_a_subscription_of_another_service_is_none_of_this_one():
    addresses = Addresses([KEY], "http://10.0.0.7:8080/shim")
    url = addresses.make(LONGEST)
    assert url.startswith("http://10.0.0.7:8080/shim/webhooks/todo/")
    assert addresses.opened("todo", url) == LONGEST
    assert addresses.opened("git", url) is None
    assert addresses.opened("git", url.replace("/todo/", "/git/")) is None


@pytest.mark.parametrize(
    "url", ["", "https://example.org/", "http://10.0.0.7:8080/webhooks/todo/", "http://[/webhooks/"]
)
def test_another_url_is_no_subscription(url):
    assert Addresses([KEY], "http://10.0.0.7:8080").opened("todo", url) is None


def test_a_moved_receiver_keeps_its_subscriptions():
    url = Addresses([KEY], "http://10.0.0.7:8080").make(LONGEST)
    assert Addresses([KEY], "https://elsewhere.example.org").opened("todo", url) == LONGEST


def test_whoever_made_it_is_known_after_the_keys_have_changed():
    made = replace(LONGEST, fingerprint=sealed.fingerprint([KEY], "Bearer one"))
    assert sealed.made_with([OTHER, KEY], made, "Bearer one")
    assert not sealed.made_with([OTHER, KEY], made, "Bearer two")
    assert not sealed.made_with([OTHER], made, "Bearer one")


def configured(text):
    return config.parse(f"[git.sr.ht]\norigin=https://git.example.org\n{text}", "config.ini")


NETWORK_KEY = base64.urlsafe_b64encode(OTHER).decode()
FIRST = base64.urlsafe_b64encode(KEY).decode()


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("", []),
        (f"[shim]\nwebhook-keys = {FIRST}, {NETWORK_KEY}", [KEY, OTHER]),
        (f"[sr.ht]\nnetwork-key = {NETWORK_KEY}\n[shim]\nwebhook-keys = {FIRST}", [KEY]),
    ],
)
def test_keys_are_those_configured(text, keys):
    assert sealed.keys_of(configured(text)) == keys


def test_without_keys_of_its_own_one_is_derived_that_is_not_the_network_key():
    (key,) = sealed.keys_of(configured(f"[sr.ht]\nnetwork-key = {NETWORK_KEY}"))
    assert len(key) == 32
    assert key != OTHER


@pytest.mark.parametrize(
    ("text", "base"),
    [
        (f"[shim]\nwebhook-keys = {FIRST}", None),
        ("[shim]\norigin = https://shim.example.org", None),
        (f"[shim]\nwebhook-keys = {FIRST}\norigin = https://shim.example.org", "https://shim.example.org"),
        (
            f"[shim]\nwebhook-keys = {FIRST}\norigin = https://a.example.org\nwebhook-origin = http://10.0.0.7:8080",
            "http://10.0.0.7:8080",
        ),
    ],
)
def test_webhooks_need_keys_and_an_origin(text, base):
    addresses = sealed.addresses_of(configured(text))
    assert (addresses and addresses.base) == base


SEED = base64.b64encode(KEY).decode()
WHOLE = (
    f"[webhooks]\nprivate-key = {SEED}\n"
    f"[shim]\nwebhook-keys = {FIRST}\norigin = https://shim.example.org\nwebhook-signing-key = instance"
)


@pytest.mark.parametrize(
    ("without", "instead", "setting"),
    [
        ("webhook-keys", "", "[shim] webhook-keys"),
        ("origin", "", "[shim] webhook-origin"),
        ("private-key", f"webhook-signing-key = {SEED}", "[shim] webhook-public-key"),
        ("webhook-signing-key", "", "[shim] webhook-signing-key"),
        ("private-key", f"webhook-public-key = {SEED}\nwebhook-signing-key = {SEED}", ""),
        ("origin", "webhook-origin = http://10.0.0.7:8080", ""),
        ("", f"[sr.ht]\nnetwork-key = {NETWORK_KEY}", ""),
        ("webhook-keys", f"[sr.ht]\nnetwork-key = {NETWORK_KEY}", ""),
        ("webhook-signing-key", f"[sr.ht]\nnetwork-key = {NETWORK_KEY}", ""),
    ],
)
def test_it_is_said_which_setting_is_missing(without, instead, setting):
    given = {line.partition(" ")[0] for line in instead.splitlines()}
    kept = [line for line in WHOLE.splitlines() if line.partition(" ")[0] not in given | {without}]
    parsed = configured("\n".join([*kept, instead]))
    assert sealed.missing(parsed) == setting
    assert (Receiver.of(parsed, []) is not None and sealed.addresses_of(parsed) is not None) is (setting == "")
