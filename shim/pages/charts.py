"""Calls over time as SVG, drawn by pygal and dressed by the page's own stylesheet.

pygal adds a script, a style and tooltips that need both. The pages' policy forbids them, so they are taken out, and
every bar gets a title instead.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from xml.etree.ElementTree import Element, SubElement, tostring

import pygal
from markupsafe import Markup

from shim.pages.words import day, many, minute, number
from shim.usage.report import DAY

# What pygal adds to import plugins of maps speaks a protocol that Python warns of, whatever is imported.
sys.meta_path[:] = [finder for finder in sys.meta_path if not isinstance(finder, pygal.PluginImportFixer)]
WIDTHS = {"wide": (900, 8), "narrow": (340, 4)}
"""The drawings of a chart by their classes, of which a stylesheet shows one: pixels, and labels below it."""
_HEIGHT = 190
_DRAWN: dict[str, Any] = {
    "js": (),
    "css": (),
    "height": _HEIGHT,
    "margin": 6,
    "max_scale": 5,
    "min_scale": 2,
    "no_prefix": True,
    "order_min": 0,
    "show_legend": False,
    "show_minor_x_labels": False,
    "spacing": 6,
    "truncate_label": -1,
    "value_formatter": number,
}
_UNUSED = ("defs", "title", "desc")
_OVERLAYS = ("plot overlay", "plot text-overlay", "plot tooltip-overlay", "titles", "background")


@dataclass(frozen=True)
class Bar:
    """The calls of one step of time."""

    begin: datetime
    calls: int


def bars(series: Sequence[Bar], step: int, title: str) -> Markup:
    """A chart of steps of so many seconds each: for wide screens, and for narrow ones."""
    return Markup("").join(_drawn(series, step, title, kind) for kind in WIDTHS) if series else Markup("")


def _drawn(series: Sequence[Bar], step: int, title: str, kind: str) -> Markup:
    width, labels = WIDTHS[kind]
    chart = pygal.Bar(width=width, x_labels_major_count=min(labels, len(series)), **_DRAWN)
    chart.x_labels = [_short(bar.begin, step) for bar in series]
    chart.add("calls", [bar.calls for bar in series])
    root = chart.render_tree()
    _strip(root)
    for element, bar in zip(_bars(root), series, strict=True):
        SubElement(element, "title").text = f"{_long(bar.begin, step)}: {many(bar.calls, 'call')}"
    _name(root, kind, title, _summary(series, step))
    return Markup(tostring(root, encoding="unicode"))  # noqa: S704  XML is escaped by its writer


def _strip(root: Element) -> None:
    """Take out what is not drawn, and what needs a script."""
    for parent in list(root.iter()):
        for child in list(parent):
            if not isinstance(child.tag, str) or child.tag in _UNUSED or child.get("class") in _OVERLAYS:
                parent.remove(child)


def _bars(root: Element) -> Iterator[Element]:
    return (element for element in root.iter() if element.get("class") == "bar")


def _name(root: Element, kind: str, title: str, summary: str) -> None:
    """Say what the chart shows to who doesn't see it."""
    del root.attrib["id"]
    told = {"title": title, "desc": summary}
    root.attrib |= {"class": f"chart {kind}", "role": "img"}
    root.set("aria-labelledby", " ".join(f"chart-{kind}-{tag}" for tag in told))
    for index, (tag, text) in enumerate(told.items()):
        element = Element(tag, id=f"chart-{kind}-{tag}")
        element.text = text
        root.insert(index, element)


def _summary(series: Sequence[Bar], step: int) -> str:
    most = max(series, key=lambda bar: bar.calls)
    total = sum(bar.calls for bar in series)
    return f"{many(total, 'call')} in all; at most {number(most.calls)}, {_long(most.begin, step)}."


def _short(begin: datetime, step: int) -> str:
    return f"{begin:%H:%M}" if step < DAY else f"{begin.day} {begin:%b}"


def _long(begin: datetime, step: int) -> str:
    if step < DAY:
        return f"{minute(begin)} UTC"
    return day(begin) if step == DAY else f"{step // DAY} days from {day(begin)}"
