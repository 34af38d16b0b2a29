"""The text of a `config.ini`, and what is said of a wrong one."""

from __future__ import annotations

import configparser
from pathlib import Path


class ConfigError(ValueError):
    """A setting that can't be used: says where it stands, what is wrong, and gives an example."""

    @classmethod
    def of(cls, source: str, section: str, key: str, problem: str, example: str = "") -> ConfigError:
        """The error of one key."""
        hint = f" Example: {key} = {example}" if example else ""
        return cls(f"{source}: [{section}] {key}: {problem}.{hint}")


def read_text(path: Path) -> str:
    """The text of a `config.ini`. Raises ConfigError."""
    try:
        return path.read_text("utf-8")
    except OSError as error:
        raise ConfigError(f"{path}: can't be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise ConfigError(f"{path}: can't be read: it is not UTF-8") from None


def read_ini(ini: configparser.RawConfigParser, content: str, source: str) -> None:
    """Read the text of a `config.ini` over what a parser holds.

    Raises ConfigError, which does not quote the line that is wrong: it may hold a secret.
    """
    try:
        ini.read_string(content, source)
    except configparser.Error as error:
        lines = [getattr(error, "lineno", 0), *(number for number, _ in getattr(error, "errors", ()))]
        problem = f"line {max(lines)} is neither a [section] nor a key = value. Example: [git.sr.ht]"
        raise ConfigError(f"{source}: {problem}") from None
