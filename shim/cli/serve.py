"""`shim serve`: the shim behind gunicorn."""

from __future__ import annotations

import os
from contextlib import suppress

import click

from shim.cli.common import Address, check_free, config_option, configuration, written
from shim.config import load
from shim.server.master import Server


@click.command()
@config_option
@click.option("--bind", type=Address(), default="127.0.0.1:8080", show_default=True, help="Where to listen.")
@click.option("--workers", default=2, show_default=True, type=click.IntRange(1), help="Worker processes.")
@click.option("--threads", default=32, show_default=True, type=click.IntRange(2), help="Threads in each worker.")
@click.option("--dev", is_flag=True, help="One worker that reloads when the code changes.")
def command(config_path: str | None, bind: tuple[str, int], workers: int, threads: int, dev: bool) -> None:
    """Serve the legacy APIs of every service in the configuration.

    A service answers at the host name of its origin, as old clients expect, and under its name as the first
    path segment (/git/api/...) at any other host.

    \b
    Signals:
      HUP        reads the configuration anew
      TERM, INT  let calls under way end first, which may take up to the deadline
                 and the API's own limit; QUIT does not wait and may harm the API
    """
    config = configuration(config_path)
    check_free(*bind, "--bind")
    with suppress(OSError):  # a log that can't be written keeps nobody from serving
        click.echo(f"shim on http://{written(*bind)}: {', '.join(sorted(config.services))}", err=True)
    options = {
        "bind": written(*bind),
        "workers": 1 if dev else workers,
        "threads": threads,
        "reload": dev,
        "loglevel": "info" if dev else "warning",
    }
    Server(lambda: load(config_path, os.environ), options).run()
