"""The command `shim`: one module a command, loaded only when asked for."""

from __future__ import annotations

from importlib import import_module

import click

from shim import __version__

COMMANDS = {
    "compare": "compare",
    "config": "config",
    "demo": "demo",
    "routes": "routes",
    "sandbox": "sandbox",
    "serve": "serve",
}


class LazyGroup(click.Group):
    """A group whose commands live in modules of their own (`shim.cli.<name>`, attribute `command`)."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        command: click.Command = import_module(f"shim.cli.{COMMANDS[name]}").command
        return command


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="shim")
def main() -> None:
    """Answer the legacy REST API of SourceHut's services from GraphQL."""
