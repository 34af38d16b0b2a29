"""A mail to a caller, drafted from a template.

A template is Jinja's, in a sandbox: headers, an empty line, then paragraphs of one line each, which are wrapped. Lines
that begin with four spaces, such as queries, stay as they are.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import fields
from functools import partial
from importlib import resources
from pathlib import Path
from textwrap import TextWrapper
from traceback import walk_tb

from jinja2 import StrictUndefined, TemplateSyntaxError
from jinja2.sandbox import SandboxedEnvironment

from shim.sunset.facts import Facts, Line, Query

WIDTH = 72
LARGEST = 2**16
"""How many characters a template may have."""
_PACKAGED = "outreach.txt"
_COMPILED = "<template>"
_KEPT = "    "
_HEADERS = ("To", "Subject")
_LEAD = re.compile(r"\s*(?:[*-] |\d+\. )?")


class Unusable(ValueError):
    """A template that no mail can be made of: where it is wrong, and what there is to write of."""


class Template:
    """A template: the operator's at a path, or the default for none. Raises Unusable."""

    def __init__(self, path: str = "") -> None:
        self._name = path or _PACKAGED
        environment = SandboxedEnvironment(
            autoescape=False,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
        )
        environment.filters["json"] = partial(json.dumps, indent=2, ensure_ascii=False)
        text = _read(path) if path else default()
        try:
            self._template = environment.from_string(text)
        except TemplateSyntaxError as error:
            raise self._unusable(error.lineno, error.message or "is no template") from None

    def mail(self, facts: Facts) -> str:
        """The mail, which ends with a line feed. Raises Unusable."""
        try:
            text = self._template.render(vars(facts))
        except Exception as error:
            lines = [line for frame, line in walk_tb(error.__traceback__) if frame.f_code.co_filename == _COMPILED]
            raise self._unusable(lines[-1] if lines else 0, str(error)) from None
        headers, _, body = text.lstrip("\n").partition("\n\n")
        names = [line.partition(":")[0] for line in headers.splitlines()]
        missing = [name for name in _HEADERS if name not in names]
        if missing or not body.strip():
            raise Unusable(f"{self._name}: a mail begins with the lines To: and Subject:, an empty one, then the text")
        return f"{headers}\n\n{wrapped(body)}"

    def _unusable(self, line: int, problem: str) -> Unusable:
        return Unusable(f"{self._name}: line {line}: {problem}. {variables()}")


def default() -> str:
    """The template that comes with the shim."""
    return resources.files("shim.sunset").joinpath(_PACKAGED).read_text("utf-8")


def variables() -> str:
    """Which variables a template has."""
    kinds = (("There are", Facts), ("each of endpoints has", Line), ("each of its queries has", Query))
    return "; ".join(f"{told} {', '.join(field.name for field in fields(kind))}" for told, kind in kinds)


def wrapped(text: str) -> str:
    """A text with its long lines wrapped, and no more than one empty line between two others."""
    lines = (line.rstrip() for line in text.strip("\n").splitlines())
    return re.sub(r"\n{3,}", "\n\n", "\n".join(part for line in lines for part in _wrapped(line))) + "\n"


def _wrapped(line: str) -> Iterator[str]:
    if line.startswith(_KEPT) or len(line) <= WIDTH:
        yield line
        return
    lead = _LEAD.match(line)
    inner = " " * len(lead[0]) if lead else ""
    wrapper = TextWrapper(WIDTH, subsequent_indent=inner, break_long_words=False, break_on_hyphens=False)
    yield from wrapper.wrap(line)


def _read(path: str) -> str:
    try:
        with Path(path).open(encoding="utf-8") as file:
            text = file.read(LARGEST + 1)
    except OSError as error:
        raise Unusable(f"{path}: can't be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise Unusable(f"{path}: can't be read: it is not UTF-8") from None
    if len(text) > LARGEST:
        raise Unusable(f"{path}: is longer than {LARGEST} characters")
    return text
