"""Whether webhooks are set up, from the API's signature to the target's."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import IO, NamedTuple
from urllib.parse import urlsplit

import click
import requests

from shim.cli.common import BadInput, config_option, configuration
from shim.cli.webhooks.common import json_option
from shim.services.subscription import PATH, addresses_of, keys_of
from shim.settings import Config
from shim.store import StoreError, migrations, open_store
from shim.webhooks.sending.signature import NONCE, SIGNATURE, Forged, Signer, Verifier, look

_PATIENCE = 5.0
_LARGEST = 2**22


class Unfit(Exception):
    """What is wrong, and what to write instead."""


class Check(NamedTuple):
    """One thing that was looked at: `problem` is empty where it is as it should be."""

    name: str
    found: str
    problem: str


@click.command()
@config_option
@click.option(
    "--delivery",
    type=click.File("rb"),
    help="A file, - for standard input, with a delivery of the API's: headers, an empty line, the body.",
)
@json_option
@click.pass_context
def verify(context: click.Context, config_path: str | None, delivery: IO[bytes] | None, as_json: bool) -> None:
    """Check all that webhooks need, from the API's signature to ours.

    With --delivery, check as well whether the API signed what it seems to have sent. Nothing is changed, and nothing
    is sent but one request to the receiver at [shim] webhook-origin.
    """
    config = configuration(config_path)
    checks = list(_checks(config))
    if delivery:
        checks.append(_look("a delivery's signature", lambda: _delivery(config, delivery)))
    fit = not any(check.problem for check in checks)
    if as_json:
        click.echo(json.dumps({"fit": fit, "checks": [check._asdict() for check in checks]}, indent=2))
    else:
        for check in checks:
            click.echo(f"{'no ' if check.problem else 'yes'}  {check.name}: {check.problem or check.found}")
    context.exit(0 if fit else 1)


@click.command()
@config_option
@json_option
def key(config_path: str | None, as_json: bool) -> None:
    """Print the public keys that targets verify with, to be published; the one that signs comes first.

    They are base64 of the 32 bytes of an Ed25519 key. What is signed is the body and the nonce of X-Payload-Nonce.
    """
    signer = Signer.of(configuration(config_path))
    if signer is None:
        raise BadInput("there is nothing to sign with: set [shim] webhook-signing-key or [sr.ht] network-key")
    if as_json:
        click.echo(json.dumps(list(signer.public_keys)))
    else:
        click.echo("\n".join(signer.public_keys))


def _checks(config: Config) -> Iterator[Check]:
    yield _look("keys that seal subscriptions", lambda: _sealing(config))
    yield _look("the API's public key", lambda: _public(config))
    yield _look("a key to sign with", lambda: _signing(config))
    yield _look("the store for what waits", lambda: _store(config))
    yield _look("the receiver", lambda: _receiver(config))


def _look(name: str, check: Callable[[], str]) -> Check:
    try:
        return Check(name, check(), "")
    except Unfit as problem:
        return Check(name, "", str(problem))


def _sealing(config: Config) -> str:
    keys = keys_of(config)
    if not keys:
        raise Unfit("there are none: set [shim] webhook-keys or [sr.ht] network-key")
    return f"{len(keys)}, of [shim] webhook-keys" if config.webhook_keys else "derived from [sr.ht] network-key"


def _public(config: Config) -> str:
    verifier = Verifier.of(config)
    if verifier is None:
        raise Unfit("is not known: set [shim] webhook-public-key, or [webhooks] private-key as the API has it")
    return "of [shim] webhook-public-key" if config.webhook_public_key else "derived from [webhooks] private-key"


def _signing(config: Config) -> str:
    signer = Signer.of(config)
    if signer is None:
        raise Unfit("there is none: set [shim] webhook-signing-key or [sr.ht] network-key")
    return f"its public key is {signer.public_keys[0]}"


def _store(config: Config) -> str:
    if config.store is None:
        raise Unfit("[shim] store is none: what a target does not take is tried once and lost")
    try:
        with closing(open_store(config.store)) as store:
            missing = [name for name, applied in migrations.status(store) if applied is None]
            if missing and not store.name.startswith("sqlite:"):
                raise Unfit(f"{store.name}: run `shim store migrate`")
            return store.name
    except (StoreError, ValueError) as error:
        raise Unfit(str(error)) from None


def _receiver(config: Config) -> str:
    """Whether it answers at the address that is given to the API: it knows no such subscription, and says so."""
    addresses = addresses_of(config)
    if addresses is None:
        raise Unfit("has no address: set [shim] webhook-origin, or [shim] origin if the API reaches that")
    url = f"{addresses.base}{PATH}git/nothing"
    try:
        with requests.Session() as session:
            session.trust_env = False
            headers = {NONCE: "0" * 16, SIGNATURE: "x"}
            response = session.post(url, data=b"", headers=headers, timeout=_PATIENCE, allow_redirects=False)
    except requests.RequestException as error:
        raise Unfit(
            f"{addresses.base} can't be reached from here: {type(error).__name__}; is `shim serve` up?"
        ) from None
    if response.status_code != 404 or '"reason"' not in response.text[:1000]:
        raise Unfit(f"{addresses.base} answers {response.status_code}, as nothing of the shim's does at {PATH}")
    return f"answers at {urlsplit(addresses.base).netloc}"


def _delivery(config: Config, file: IO[bytes]) -> str:
    """Check a delivery that was written down."""
    verifier = Verifier.of(config)
    if verifier is None:
        raise Unfit("can't be checked without the API's public key")
    head, body = _parted(file.read(_LARGEST))
    lines = (line.partition(":") for line in head.decode("latin-1").splitlines())
    headers = {name.strip().lower(): value.strip() for name, _, value in lines}
    nonce, signature = headers.get(NONCE.lower(), ""), headers.get(SIGNATURE.lower(), "")
    try:
        look(nonce, signature)
        verifier.verify(body, nonce, signature)
    except Forged:
        raise Unfit("is not by this key over this body and nonce") from None
    return f"is the API's, over {len(body)} bytes"


def _parted(raw: bytes) -> tuple[bytes, bytes]:
    """Headers and body, which an empty line parts."""
    blank = min((b"\n\n", b"\r\n\r\n"), key=lambda mark: raw.find(mark) % 2**32)
    head, _, body = raw.partition(blank)
    return head, body
