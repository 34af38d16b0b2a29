"""What the commands share: reading the configuration, and one clear line for what is wrong."""

from __future__ import annotations

import errno
import os
import socket

import click

from shim.config import load
from shim.settings import Config, ConfigError

config_option = click.option(
    "--config",
    "config_path",
    type=click.Path(dir_okay=False),
    help="The instance's config.ini (default: SHIM_CONFIG, ./config.ini, /etc/sr.ht/config.ini).",
)


class Failure(click.ClickException):
    """Something that keeps a command from its work: one line, exit status 1."""


class BadInput(click.ClickException):
    """Input that can't be used: one line, exit status 2."""

    exit_code = 2


def configuration(path: str | None) -> Config:
    """Read the configuration, or end with the line that says what to change."""
    try:
        return load(path, os.environ)
    except ConfigError as error:
        raise BadInput(str(error)) from None


def check_free(host: str, port: int, option: str) -> None:
    """End with one line if the address can't be listened on; `option` is where to say another."""
    try:
        with socket.create_server((host, port)):
            pass
    except OSError as error:
        reason = "already taken" if error.errno == errno.EADDRINUSE else error.strerror
        raise Failure(f"can't listen on {host}:{port}: {reason}; choose another with {option}") from None
