"""A comparison as one HTML page, which needs nothing beside itself."""

from __future__ import annotations

from datetime import datetime, timezone
from importlib import resources

from jinja2 import Environment, StrictUndefined

from shim.compare.reporting.report import shortened, summary
from shim.compare.reporting.result import Comparison


def render(comparison: Comparison, when: datetime | None = None) -> str:
    """The page; `when` is the time of the run (default: now)."""
    environment = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=StrictUndefined)
    environment.filters["shortened"] = shortened
    template = resources.files("shim.compare.reporting").joinpath("page.html").read_text("utf-8")
    moment = (when or datetime.now(timezone.utc)).strftime("%Y-%m-%d %H:%M UTC")
    return environment.from_string(template).render(run=comparison, summary=summary(comparison), moment=moment)
