"""Calls over time as SVG, drawn by pygal and dressed by the page's own stylesheet.

pygal adds a script, a style and tooltips that need both. The pages' policy forbids them, so they are taken out, and
every bar gets a title instead.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any
from xml.etree.ElementTree import Element, SubElement, tostring

import pygal
from markupsafe import Markup

from shim.pages.words import day, many, minute, moment, number
from shim.usage.report import DAY

# What pygal adds to import plugins of maps speaks a protocol that Python warns of, whatever is imported.
sys.meta_path[:] = [finder for finder in sys.meta_path if not isinstance(finder, pygal.PluginImportFixer)]
Series = Sequence[tuple[int, int]]
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


def bars(series: Series, step: int, title: str) -> Markup:
    """A bar for each step (its begin in Unix seconds, calls) of that many seconds: for wide screens and for narrow."""
    return Markup("").join(_drawn(series, step, title, kind) for kind in WIDTHS) if series else Markup("")


def _drawn(series: Series, step: int, title: str, kind: str) -> Markup:
    width, labels = WIDTHS[kind]
    begins = [moment(seconds) for seconds, _ in series]
    chart = pygal.Bar(width=width, x_labels_major_count=min(labels, len(series)), **_DRAWN)
    chart.x_labels = [f"{begin:%H:%M}" if step < DAY else f"{begin.day} {begin:%b}" for begin in begins]
    chart.add("calls", [calls for _, calls in series])
    root = chart.render_tree()
    _strip(root)
    for bar, begin, (_, calls) in zip(_bars(root), begins, series, strict=True):
        SubElement(bar, "title").text = f"{_long(begin, step)}: {many(calls, 'call')}"
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


def _summary(series: Series, step: int) -> str:
    seconds, most = max(series, key=lambda pair: pair[1])
    total = sum(calls for _, calls in series)
    return f"{many(total, 'call')} in all; at most {number(most)}, {_long(moment(seconds), step)}."


def _long(begin: datetime, step: int) -> str:
    if step < DAY:
        return f"{minute(begin)} UTC"
    return day(begin) if step == DAY else f"{step // DAY} days from {day(begin)}"
