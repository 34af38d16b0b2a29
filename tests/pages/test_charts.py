"""Bars over time, as SVG without script or style."""

from __future__ import annotations

import sys
from importlib import import_module
from xml.etree import ElementTree

import pytest

from shim.pages.charts import WIDTHS, Bar, bars
from shim.pages.words import moment
from tests.usage.kit import HOUR, NOW

DAY = 24 * HOUR
SVG = "{http://www.w3.org/2000/svg}"


def drawn(series, step=DAY, title="Calls"):
    """The drawings, as trees by their kind."""
    steps = [Bar(moment(seconds), calls) for seconds, calls in series]
    root = ElementTree.fromstring(f"<all>{bars(steps, step, title)}</all>")  # noqa: S314  it is our own
    return {svg.get("class").split()[-1]: svg for svg in root}


def titles(svg):
    """What each bar says."""
    return [bar.find(f"{SVG}title").text for bar in svg.iter(f"{SVG}g") if bar.get("class") == "bar"]


@pytest.mark.parametrize("count", [1, 2, 3, 30, 60])
@pytest.mark.parametrize("calls", [0, 1, 7, 12_345_678])
def test_each_step_is_a_bar_whose_title_tells_it(count, calls):
    series = [(NOW + i * DAY, calls) for i in range(count)]
    drawings = drawn(series)
    assert set(drawings) == set(WIDTHS)
    for svg in drawings.values():
        assert len(titles(svg)) == count
        assert titles(svg)[0] == f"15 Jan 2027: {calls:,} call{'' if calls == 1 else 's'}"


def test_nothing_is_in_it_that_the_policy_forbids():
    for svg in drawn([(NOW + i * DAY, i) for i in range(30)]).values():
        tags = {element.tag.removeprefix(SVG) for element in svg.iter()}
        assert tags <= {"svg", "title", "desc", "g", "path", "rect", "text"}
        attributes = {name for element in svg.iter() for name in element.attrib}
        assert not {name for name in attributes if name.startswith(("on", "style")) or "href" in name}


def test_who_does_not_see_it_is_told_what_it_shows():
    for kind, svg in drawn([(NOW, 3), (NOW + DAY, 1200)], title="Calls of <b>").items():
        assert svg.get("role") == "img"
        named = [svg.find(f".//*[@id='{name}']").text for name in svg.get("aria-labelledby").split()]
        assert named == ["Calls of <b>", "1,203 calls in all; at most 1,200, 16 Jan 2027."]
        assert kind in svg.get("aria-labelledby")


def test_hours_and_weeks_are_told_as_such():
    assert titles(drawn([(NOW, 1)], HOUR)["wide"]) == ["15 Jan 2027, 08:00 UTC: 1 call"]
    assert titles(drawn([(NOW, 2)], 7 * DAY)["wide"]) == ["7 days from 15 Jan 2027: 2 calls"]


def test_labels_are_whole_and_few():
    for kind, svg in drawn([(NOW + i * DAY, i) for i in range(60)]).items():
        labels = [text.text for text in svg.iter(f"{SVG}text")]
        assert "…" not in "".join(labels)
        assert "15 Jan" in labels
        assert len([label for label in labels if label[-1].isalpha()]) <= WIDTHS[kind][1] + 1


def test_a_scale_of_few_calls_has_whole_numbers_once():
    for most in (1, 2, 3):
        numbers = [t.text for t in drawn([(NOW, most)])["wide"].iter(f"{SVG}text") if t.text.isdecimal()]
        assert len(numbers) == len(set(numbers))


def test_nothing_to_show_is_no_chart():
    assert bars([], DAY, "Calls") == ""


def test_the_import_system_stays_as_it_is():
    assert [finder for finder in sys.meta_path if not hasattr(finder, "find_spec")] == []
    with pytest.raises(ModuleNotFoundError):
        import_module("shim.there_is_none")
