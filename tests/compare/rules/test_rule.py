"""A rule's cases and consequences: what they take from it, what they are called, and when they apply."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from shim.compare.cassettes.exchange import Caller
from shim.compare.rules.deviations import Deviations, DeviationsError, load
from shim.compare.rules.situation import Situation
from tests.compare.kit import write_rules
from tests.compare.rules.test_deviations import exchange, rules, unasked

E404: dict[str, Any] = {"instead": {"status": 404}}
E501: dict[str, Any] = {"instead": {"status": 501}}


def ids(given: Deviations) -> list[str]:
    return [rule.id for rule in given.rules]


def applied(given: Deviations, path: str, *happened: str, service: str = "git") -> list[str]:
    """The rules that speak of a GET."""
    around = Situation(service, "2024", Caller("ann", "active"), happened=set(happened))
    found = given.declared(exchange({}, path), around, unasked)
    return [rule.id for declared in found for rule in declared.rules]


def test_a_case_has_its_own_conditions_and_the_rules_reason(tmp_path: Path) -> None:
    cases = [{"endpoints": ["GET /api/x"], **E404}, {"name": "other", "endpoints": ["GET /api/y"], "reason": "own"}]
    given = rules(tmp_path, {"id": "both", "era": "2024", "cases": cases, **E501})
    assert ids(given) == ["both/1", "both/other"]
    assert [rule.reason for rule in given.rules] == ["because", "own"]
    assert {rule.era for rule in given.rules} == {"2024"}
    assert [applied(given, path) for path in ("/api/x", "/api/y", "/api/z")] == [["both/1"], ["both/other"], []]
    assert [rule.instead.status for rule in given.rules] == [404, 501]


def test_a_consequence_applies_once_its_rule_has(tmp_path: Path) -> None:
    then = [{"endpoints": ["GET /api/x"], **E404}, {"name": "late", "endpoints": ["GET /api/y"], **E404}]
    given = rules(tmp_path, {"id": "first", "endpoints": ["POST /api/x"], "era": "2024", "then": then, **E501})
    assert ids(given) == ["first", "first/then-1", "first/late"]
    assert {(rule.era, rule.reason, rule.contract) for rule in given.rules} == {("2024", "because", "git 5")}
    assert applied(given, "/api/x") == []
    assert applied(given, "/api/x", "first") == ["first/then-1"]
    assert applied(given, "/api/y", "first") == ["first/late"]


def test_a_consequence_takes_no_condition_of_its_rule(tmp_path: Path) -> None:
    conditions = {"endpoints": ["POST /api/x"], "when": {"status": 500}, "witness": {"path": "/api/y", "status": 404}}
    given = rules(tmp_path, {"id": "first", **conditions, "then": [E404], **E501})
    assert applied(given, "/api/anything", "first") == ["first/then-1"]


def test_no_consequence_brings_about_another(tmp_path: Path) -> None:
    given = rules(tmp_path, {"id": "first", "endpoints": ["POST /api/x"], "then": [E404], **E501})
    assert applied(given, "/api/x", "first/then-1") == []


def test_several_rules_may_have_one_consequence(tmp_path: Path) -> None:
    first = {"id": "first", "endpoints": ["POST /api/x"], "then": [{"after": ["second"], **E404}], **E501}
    given = rules(tmp_path, first, {"id": "second", "endpoints": ["POST /api/y"], **E501})
    assert [applied(given, "/api/x", name) for name in ("first", "second", "third")] == [
        ["first/then-1"],
        ["first/then-1"],
        [],
    ]


@pytest.mark.parametrize("happened", ["both/1", "both/2"])
def test_after_a_rule_means_after_any_of_its_cases(tmp_path: Path, happened: str) -> None:
    cases = [{"endpoints": ["POST /api/x"]}, {"endpoints": ["POST /api/y"]}]
    given = rules(tmp_path, {"id": "both", "cases": cases, **E501}, {"id": "late", "after": ["both"], **E404})
    assert applied(given, "/api/x", happened) == ["late"]


@pytest.mark.parametrize(
    ("rule", "complaint"),
    [
        ({"cases": [{"era": "2024"}]}, "instead is required"),
        ({"cases": [], **E404}, "cases: should be a list with something in it"),
        ({"cases": [{"then": [E404], **E404}]}, "cases: 0: unknown key 'then'"),
        ({"then": [{"era": "2024"}], **E404}, "then: 0: instead is required"),
        ({"then": [{"id": "x", **E404}], **E404}, "then: 0: unknown key 'id'"),
        ({"then": [{"after": ["nobody"], **E404}], **E404}, "after: there is no rule nobody"),
        ({"then": [{"name": "x", **E404}, {"name": "x", **E404}], **E404}, "r0/x: there are two of that id"),
        ({"cases": [{"name": "then-1", **E404}], "then": [E404]}, "r0/then-1: there are two of that id"),
    ],
)
def test_parts_are_read_strictly(tmp_path: Path, rule: dict[str, Any], complaint: str) -> None:
    with pytest.raises(DeviationsError, match=complaint):
        rules(tmp_path, rule)


def written(folder: Path, **rule: Any) -> Path:
    """A file with one rule that names no services unless told to."""
    path = folder / "deviations.yaml"
    path.write_text(yaml.safe_dump([{"reason": "because", "contract": "git 5", **rule}]), "utf-8")
    return path


def in_service(root: Path, service: str, **rule: Any) -> Path:
    (root / service / "rest").mkdir(parents=True)
    return written(root / service, **rule)


def test_rules_of_a_root_are_read_together(tmp_path: Path) -> None:
    write_rules(tmp_path, {"id": "common", "services": ["git", "todo"], **E501})
    in_service(tmp_path, "todo", id="own", after=["common"], **E404)
    in_service(tmp_path, "git", id="also", services=["git", "hg"], **E404)
    given = load(tmp_path)
    assert [(rule.id, rule.services) for rule in given.rules] == [
        ("common", ("git", "todo")),
        ("also", ("git", "hg")),
        ("own", ("todo",)),
    ]


def test_a_services_file_can_be_read_alone(tmp_path: Path) -> None:
    path = in_service(tmp_path, "git", id="own", **E404)
    assert [rule.services for rule in load(path).rules] == [("git",)]


def test_outside_a_services_folder_the_services_are_said(tmp_path: Path) -> None:
    with pytest.raises(DeviationsError, match="rule r0: services is required"):
        load(written(tmp_path, id="r0", **E404))


def test_two_files_of_a_root_have_no_id_in_common(tmp_path: Path) -> None:
    write_rules(tmp_path, {"id": "same", **E404})
    in_service(tmp_path, "git", id="same", **E404)
    with pytest.raises(DeviationsError, match="rule same: there are two of that id"):
        load(tmp_path)


def test_a_root_without_rules_cannot_be_named(tmp_path: Path) -> None:
    with pytest.raises(DeviationsError, match=r"no deviations\.yaml in it"):
        load(tmp_path)
