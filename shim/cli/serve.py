"""`shim serve`: the shim behind gunicorn."""

from __future__ import annotations

from typing import Any

import click
from gunicorn.app.base import BaseApplication

from shim.app import create_app
from shim.cli.common import Address, check_free, config_option, configuration, written
from shim.settings import Config


class Server(BaseApplication):
    """gunicorn with options instead of a configuration file; each worker makes its own app."""

    def __init__(self, config: Config, options: dict[str, Any]) -> None:
        self._config, self._options = config, options
        super().__init__()

    def load_config(self) -> None:
        """Take over the options."""
        for key, value in self._options.items():
            self.cfg.set(key, value)

    def load(self) -> Any:
        """The WSGI app of a worker."""
        return create_app(self._config)


@click.command()
@config_option
@click.option("--bind", type=Address(), default="127.0.0.1:8080", show_default=True, help="Where to listen.")
@click.option("--workers", default=2, show_default=True, type=click.IntRange(1), help="Worker processes.")
@click.option("--threads", default=8, show_default=True, type=click.IntRange(1), help="Threads in each worker.")
@click.option("--dev", is_flag=True, help="One worker that reloads when the code changes.")
def command(config_path: str | None, bind: tuple[str, int], workers: int, threads: int, dev: bool) -> None:
    """Serve the legacy APIs of every service in the configuration.

    A service answers at the host name of its origin, as old clients expect, and under its name as the first
    path segment (/git/api/...) at any other host.
    """
    config = configuration(config_path)
    check_free(*bind, "--bind")
    click.echo(f"shim on http://{written(*bind)}: {', '.join(sorted(config.services))}", err=True)
    options = {
        "bind": written(*bind),
        "workers": 1 if dev else workers,
        "threads": threads,
        "worker_class": "gthread",
        "reload": dev,
        "timeout": int(config.deadline) + 10,
        "loglevel": "info" if dev else "warning",
    }
    Server(config, options).run()
