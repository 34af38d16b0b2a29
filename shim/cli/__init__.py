"""The command `shim`: one module a command, loaded only when asked for."""

from __future__ import annotations

import errno
from importlib import import_module
from typing import Any

import click

from shim import __version__, logs

COMMANDS = {
    "clients": "clients",
    "compare": "compare",
    "config": "config",
    "demo": "demo",
    "explain": "explain",
    "outreach": "outreach",
    "routes": "routes",
    "sandbox": "sandbox",
    "serve": "serve",
    "store": "store",
    "sunset": "sunset",
    "usage": "usage",
    "webhooks": "webhooks",
}
_SANDBOX = ("the sandbox and the comparison need it", "sandbox")
_EXTRAS = dict.fromkeys(("psycopg", "psycopg_pool"), ("a store in PostgreSQL needs it", "postgres"))
"""Who needs a package, and the extra that brings it; the sandbox and its extra where nothing is said."""


class LazyGroup(click.Group):
    """A group whose commands live in modules of their own (`shim.cli.<name>`, attribute `command`)."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names of all commands."""
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        """A command by name; one whose packages are not installed says which to install."""
        if name not in COMMANDS:
            return None
        try:
            command: click.Command = import_module(f"shim.cli.{COMMANDS[name]}").command
        except ModuleNotFoundError as error:
            return _uninstalled(name, _missing(error))
        return command

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command. What the machine refuses it is one line, and being interrupted is no outcome (status 130)."""
        logs.reserve()
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            click.echo("Interrupted", err=True)
            ctx.exit(130)
        except ModuleNotFoundError as error:
            raise click.ClickException(_missing(error)) from None
        except OSError as error:
            if error.errno == errno.EPIPE:
                raise
            raise click.ClickException(str(error)) from None


def _missing(error: ModuleNotFoundError) -> str:
    package = (error.name or "shim").partition(".")[0]
    if package == "shim":
        raise error
    need, extra = _EXTRAS.get(package, _SANDBOX)
    return f"{package} is not installed; {need}: pip install 'shim[{extra}]'"


def _uninstalled(name: str, problem: str) -> click.Command:
    def fail() -> None:
        raise click.ClickException(problem)

    anything = {"ignore_unknown_options": True, "allow_extra_args": True}
    return click.Command(name, context_settings=anything, callback=fail, help="Needs pip install 'shim[sandbox]'.")


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="shim")
def main() -> None:
    """Answer the legacy REST API of SourceHut's services from GraphQL."""
