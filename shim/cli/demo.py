"""`shim demo`: a sandbox on recorded data with the shim in front of it, to try things out."""

from __future__ import annotations

import secrets
import signal
import time
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit

import click
from werkzeug.exceptions import NotFound
from werkzeug.serving import WSGIRequestHandler, make_server

from shim.app import create_app
from shim.cli.clients import DEMO
from shim.cli.common import LAST_PORT, BadInput, check_free
from shim.cli.past import make_up
from shim.compare.stand.instance import Instance
from shim.config import parse
from shim.crypto import BearerToken
from shim.sandbox import Conditions, DataError, Sandbox
from shim.sandbox.clients import HOOKS, Cast
from shim.sandbox.clients.hearer import hearing
from shim.settings import ERAS, Config
from shim.store import open_store
from shim.webhooks.sending.signature import Signer

HOST = "127.0.0.1"
_HOOKS_PORT = urlsplit(HOOKS).port
_YEAR = 365 * 86400
_REPOSITORIES = ("git", "hg")
_port = click.IntRange(0, LAST_PORT)


@click.command()
@click.option(
    "--data",
    default="fixtures",
    show_default=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="A fixtures root, as in a checkout.",
)
@click.option("--era", default=ERAS[0], show_default=True, type=click.Choice(ERAS), help="Of the GraphQL servers.")
@click.option("--port", default=8080, show_default=True, type=_port, help="Port of the shim.")
@click.option("--sandbox-port", default=8090, show_default=True, type=_port, help="Port of the sandbox.")
@click.option("--hooks-port", default=_HOOKS_PORT, show_default=True, type=_port, help="Port of a webhook receiver.")
@click.option("--past/--no-past", default=True, show_default=True, help="Make up a month of calls, to show trends.")
def command(data: Path, era: str, port: int, sandbox_port: int, hooks_port: int, past: bool) -> None:
    """Try the shim out on recorded data.

    Starts stand-ins for the GraphQL servers over the data sets below --data, the shim in front of them, and a receiver
    that prints each webhook that it gets. Prints where they listen and commands that work when pasted; Ctrl-C ends all.
    Calls are counted until then, in a file that is gone afterwards, beside a month of calls that nobody has made:
    --no-past leaves these out.
    """
    ports = {"--port": port, "--sandbox-port": sandbox_port, "--hooks-port": hooks_port}
    chosen = [wanted for wanted in ports.values() if wanted]
    if len(set(chosen)) < len(chosen):
        raise click.UsageError("--port, --sandbox-port and --hooks-port must differ")
    for option, wanted in ports.items():
        check_free(HOST, wanted, option)
    try:
        sandbox = Sandbox(data, era=era)
    except DataError as error:
        raise BadInput(f"{error}; say where with --data") from None
    sandbox.reset(Conditions.of("", "object storage on", sandbox.instance))
    with sandbox.running(HOST, sandbox_port) as base:
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        with suppress(KeyboardInterrupt), TemporaryDirectory(prefix="shim-demo-") as folder:
            server = make_server(HOST, port, NotFound(), threaded=True, request_handler=_Handler)
            shim, url = f"http://{HOST}:{server.server_port}", f"sqlite:///{folder}/shim.sqlite3"
            config = replace(configured(Instance(data), sandbox, base, era), store=url, origin=shim)
            with (
                hearing(HOST, hooks_port, _public_key(config), click.echo) as hooks,
                closing(server.socket),
                closing(open_store(url)) as store,
            ):
                config = replace(config, notice=_notice(make_up(store, Cast(data), time.time()) if past else 0))
                with closing(create_app(config, store=store)) as server.app:
                    click.echo("\n".join([*introduction(config, sandbox, base, shim, hooks), *_usage(config, hooks)]))
                    server.app.begin()
                    server.serve_forever()


def configured(instance: Instance, sandbox: Sandbox, base: str, era: str) -> Config:
    """The configuration of a shim in front of a sandbox: the recorded instance's, with other addresses.

    Its endpoints have made-up ends, its dashboard a new password, and its webhooks, which may go to this machine, new
    keys.
    """
    addresses = {(f"{name}.sr.ht", "api-internal-origin"): f"{base}/{name}" for name in sandbox.services}
    settings = {
        ("shim", "era"): era,
        ("shim", "internal-ipnet"): "127.0.0.0/8, ::1/128",
        ("shim", "dashboard-password"): secrets.token_urlsafe(12),
        ("shim", "webhook-keys"): urlsafe_b64encode(secrets.token_bytes(32)).decode(),
        ("shim", "webhook-signing-key"): b64encode(secrets.token_bytes(32)).decode(),
        ("shim", "webhook-networks"): "127.0.0.0/8",
        **_ends(datetime.now(timezone.utc)),
    }
    config = parse(instance.text({**addresses, **settings}), "the sandbox")
    return replace(config, services={n: s for n, s in config.services.items() if n in sandbox.services})


def _ends(now: datetime) -> dict[tuple[str, str], str]:
    """Ends near and far: of one service, of one of its endpoints; another one rehearses a brownout today."""

    def day(away: int) -> str:
        return f"{now + timedelta(days=away):%Y-%m-%d}"

    return {
        ("shim", "deprecated"): day(-60),
        ("git.sr.ht::shim", "sunset"): day(150),
        ("git.sr.ht::shim", "brownouts"): f"{day(30)}T12:00Z/1h, {day(60)}T12:00Z/6h, {day(90)}T12:00Z/1d",
        ("git.sr.ht::get-repos-r-log", "sunset"): day(25),
        ("todo.sr.ht::shim", "brownouts"): f"{day(-1)}T12:00Z/3d",
        ("todo.sr.ht::shim", "rehearsal"): "yes",
    }


def _public_key(config: Config) -> str:
    """What the shim's webhooks are verified with."""
    signer = Signer.of(config)
    assert signer is not None, "it has a key of its own"
    return signer.public_keys[0]


def introduction(config: Config, sandbox: Sandbox, base: str, shim: str, hooks: str) -> Iterator[str]:
    """What to tell whoever started it: among it calls of a service with repositories, if there is one."""
    name = next(name for name in (*_REPOSITORIES, *sandbox.services) if name in config.services)
    user = min(sandbox.services[name].store.users, key=lambda user: int(user.id)).username
    token = BearerToken(int(time.time()) + _YEAR, "", "", user).mint(sandbox.instance.private_key)
    host = config.services[name].origin.partition("://")[2]
    yield f"sandbox  {base}  ({', '.join(sandbox.services)})"
    yield f"shim     {shim}"
    yield f"hooks    {hooks}  (what arrives there is printed here)"
    yield f"token    of {user}, good for a year:"
    yield f"         {token}"
    yield "try:"
    yield f"  curl -H 'Authorization: token {token}' {shim}/{name}/api/user"
    yield f"  curl -H 'Authorization: token {token}' '{shim}/{name}/api/repos?start=9'"
    yield f"  curl -H 'Host: {host}' {shim}/api/version"
    yield f"guides name http://{host}/query, which is {base}/{name}/query here"
    yield "a webhook, and what is told by it:"
    body, kind = f'{{"url": "{hooks}/", "events": ["repo:create"]}}', "Content-Type: application/json"
    yield f"  curl -H 'Authorization: token {token}' -H '{kind}' -d '{body}' {shim}/{name}/api/user/webhooks"
    yield f"  curl -H 'Authorization: token {token}' -d 'name=told&visibility=public' {shim}/{name}/api/repos"


def _notice(calls: int) -> str:
    """What is made up of what the dashboard shows."""
    made = f"{calls} calls in it are made up, and so are all dates" if calls else "all dates in it are made up"
    return f"A demo: {made}"


def _usage(config: Config, hooks: str) -> Iterator[str]:
    """What to tell of the dashboard and of what is made up in it."""
    yield f"usage    {config.origin}/usage  (any user name, password {config.dashboard_password})"
    yield f"         {config.notice}"
    others = {"URL": (config.origin, DEMO), "HOOKS": (hooks, HOOKS)}
    words = [f"{name}={here}" for name, (here, usual) in others.items() if here != usual]
    yield " ".join(["old clients, in another terminal: make clients", *words])


class _Handler(WSGIRequestHandler):
    """Tells each request in a plain line."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """One answered request."""
        click.echo(f"{self.requestline.encode('unicode_escape').decode()} -> {int(code)}", err=True)
