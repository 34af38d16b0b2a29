"""`shim clients`: old clients to see in the demo's dashboard."""

from __future__ import annotations

import base64
import json
import secrets
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import click

from shim.cli.common import BadInput, Failure
from shim.crypto import BearerToken, internal_authorization
from shim.sandbox.clients import SCRIPTS, Client, Script, Unreachable
from shim.sandbox.instance import Instance
from shim.settings import ConfigError

DEMO = "http://127.0.0.1:8080"
_HOUR = 3600
_ASLEEP = ("suspended", "unconfirmed")


@click.command()
@click.option("--url", default=DEMO, show_default=True, help="Where the demo's shim listens.")
@click.option(
    "--data",
    default="fixtures",
    show_default=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="The demo's fixtures root, whose keys make the tokens.",
)
@click.option("--seconds", default=120.0, show_default=True, type=click.FloatRange(1, 3600), help="At most so long.")
def command(url: str, data: Path, seconds: float) -> None:
    """Play a few old clients of the legacy API to a running demo.

    Each asks as the program would that it is made after, on behalf of a user of its own, with tokens of the recorded
    instance. Some of them change the demo's data, which is in memory only. Ends with where to look at the outcome.

    \b
    Exit status:
      0  all were played
      1  nothing answers there, or it is no demo over the same data
      2  bad input or usage
    """
    cast, end = Cast(data), time.monotonic() + seconds
    totals: Counter[int] = Counter()
    for script in SCRIPTS:
        if set(script.services) <= set(cast.services):
            totals += _play(script, cast, url, end)
    if totals and not any(status < 400 for status in totals):
        raise Failure(f"{url} took none of the tokens: it is no demo over {data}")
    click.echo(f"{totals.total()} calls: {_counted(totals)}")
    click.echo(f"dashboard  {url.rstrip('/')}/usage  (its password is where the demo was started)")
    click.echo("what a program still uses, told to its own user:")
    click.echo(f"  curl -H 'Authorization: {cast.authorization(SCRIPTS[1])()}' {url.rstrip('/')}/api/shim/usage")


class Cast:
    """Who plays: the users and keys of a fixtures root, in the order of the data."""

    def __init__(self, root: Path) -> None:
        """Read them, or end with the line that says what is wrong."""
        try:
            self._instance = Instance(root)
            self.services = sorted(path.parent.parent.name for path in root.glob("*/data/dataset.json"))
            self._users = list(dict.fromkeys(name for service in self.services for name in _active(root, service)))
        except (ConfigError, OSError, ValueError, KeyError) as error:
            raise BadInput(f"{root}: {error}; say where with --data") from None
        if not self._users:
            raise BadInput(f"{root}: no data set of any service; say where with --data")

    def user(self, place: int = 0) -> str:
        """The name of a user by place, beginning anew behind the last."""
        return self._users[place % len(self._users)]

    def authorization(self, script: Script) -> Callable[[], str]:
        """What makes the header of a client."""
        user, instance = self.user(script.place), self._instance
        if script.scheme == "Internal":
            return lambda: f"Internal {internal_authorization(instance.network_key, user)}"
        key = base64.b64encode(secrets.token_bytes(32)).decode() if script.forged else instance.private_key
        token = BearerToken(int(time.time()) + _HOUR, "", "", user).mint(key)
        return lambda: f"{script.scheme} {token}"


def _active(root: Path, service: str) -> Iterator[str]:
    users = json.loads((root / service / "data" / "dataset.json").read_text("utf-8"))["users"]
    yield from (user["username"] for user in users if user.get("user_type") not in _ASLEEP)


def _play(script: Script, cast: Cast, url: str, end: float) -> Counter[int]:
    """Play one client and tell of it; its answers by status."""
    authorization = cast.authorization(script)
    with closing(Client(url, script.agent, authorization, end)) as client:
        try:
            script.play(client, cast.user())
        except Unreachable as error:
            problem = f"nothing answers at {url} ({error})"
            raise Failure(f"{problem}: start the demo with `make run`, or say where it is with --url") from None
        who = f"says it is {cast.user(script.place)}" if script.forged else f"for {cast.user(script.place)}"
        click.echo(f"{script.name} ({script.agent}, {script.scheme}, {who})")
        click.echo(f"  {script.does}: {_counted(client.answered)}")
        return client.answered


def _counted(answered: Counter[int]) -> str:
    return ", ".join(f"{count} x {status}" for status, count in sorted(answered.items()))
