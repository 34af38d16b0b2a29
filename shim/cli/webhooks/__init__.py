"""`shim webhooks`: what waits to be delivered, and whether all that should be is."""

from __future__ import annotations

import click

from shim.cli.webhooks.checking import key, verify
from shim.cli.webhooks.listing import drop, list_, retry, show
from shim.cli.webhooks.upstream import compare, reconcile
from shim.cli.webhooks.working import work

__all__ = ["command"]


@click.group()
def command() -> None:
    """Look after the webhooks of old programs.

    A subscription made by the old API is a native one that leads to this shim, which tells the old target in the old
    form. What a target does not take is kept in the store and tried again after 5 s, 1 min, 5 min, 30 min, 2 h, 5 h
    and 10 h; then its subscription is parked, until the target takes something or you say `retry`. Whatever is
    answered counts as delivered, but for 429, 502, 503 and 504. The same delivery always has the same UUID, and may
    arrive twice.

    `shim serve` sends what waits by itself; `shim webhooks work` does so in a process of its own.

    \b
    Is all set up?                    shim webhooks verify
    What waits, what is parked?       shim webhooks list
    Why does one wait?                shim webhooks show 3f2a
    The target is repaired:           shim webhooks retry 3f2a
    After this host was down:         shim webhooks reconcile
    What does the new form change?    shim webhooks compare 3f2a

    A subscription is named by its key in `list`, or the beginning of it. Query strings and user names in targets' URLs
    are not shown unless asked for by --urls.

    Exit status: 0 if it was done, 1 if the store or the API can't be used or a check fails, 2 for bad input.
    """


for _each in (list_, show, retry, drop, verify, work, reconcile, compare, key):
    command.add_command(_each)
