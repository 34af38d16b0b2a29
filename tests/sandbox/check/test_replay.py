"""The recorded exchanges are the sandbox's measure; and the replay itself must notice what differs."""

from __future__ import annotations

import shutil
from collections import Counter
from hashlib import sha256
from itertools import product
from pathlib import Path

import pytest
import yaml

from shim.sandbox import DataError
from shim.sandbox.check.replay import Outcome, recordings, replay
from shim.sandbox.services import available
from shim.settings import ERAS

from ..conftest import ROOT

RECORDED = [pair for pair in product(available(), ERAS) if recordings(ROOT, pair[1:], pair[:1], [])]


# Equal, no measure, out of scope; of these, those that follow from one that is out of scope.
COUNTS = {
    ("builds", "2024"): (529, 1, 126, 1),
    ("git", "2024"): (642, 0, 149, 0),
    ("hg", "2024"): (49, 0, 1, 0),
    ("lists", "2024"): (722, 25, 107, 3),
    ("meta", "2024"): (320, 0, 0, 0),
    ("paste", "2024"): (47, 0, 0, 0),
    ("todo", "2024"): (660, 0, 44, 0),
    ("builds", "2026"): (160, 1, 38, 0),
    ("git", "2026"): (332, 3, 43, 4),
    ("lists", "2026"): (235, 14, 40, 1),
    ("meta", "2026"): (147, 1, 0, 0),
    ("paste", "2026"): (99, 3, 2, 0),
    ("todo", "2026"): (322, 2, 33, 0),
}


@pytest.mark.parametrize(("service", "era"), RECORDED)
def test_answers_as_recorded(service: str, era: str) -> None:
    outcomes = list(replay(ROOT, recordings(ROOT, [era], [service], [])))
    lacking = [outcome.lacking for outcome in outcomes if outcome.lacking]
    passed = sum(outcome.skipped is not None for outcome in outcomes)
    following = sum(one.startswith("follows from") for one in lacking)
    assert (sum(outcome.equal for outcome in outcomes), passed, len(lacking), following) == COUNTS[service, era]
    different = [
        (str(outcome.recording.path), outcome.index, outcome.difference) for outcome in outcomes if outcome.difference
    ]
    assert different == []


def test_recordings_are_narrowed_down_by_path() -> None:
    folder = ROOT / "git" / "graphql"
    chosen = recordings(ROOT, ERAS, ["git"], [folder / "users.yaml", ROOT / "era2026" / "git" / "graphql" / "reads"])
    assert Counter(recording.era for recording in chosen) == {"2024": 1, "2026": 5}


@pytest.fixture
def altered(tmp_path: Path) -> Path:
    """A fixtures root with one short recording, to be changed."""
    (tmp_path / "git" / "graphql").mkdir(parents=True)
    shutil.copytree(ROOT / "git" / "data", tmp_path / "git" / "data")
    item = {
        "operation": "me",
        "document": "{ me { username } }",
        "variables": {},
        "authorization": {"bearer": "jdoe"},
        "response": {"status": 200, "body": {"data": {"me": {"username": "jdoe"}}}},
    }
    (tmp_path / "git" / "graphql" / "one.yaml").write_text(yaml.safe_dump([item]))
    return tmp_path


def test_calls_that_are_only_counted_are_made_too(altered: Path) -> None:
    path = altered / "git" / "graphql" / "one.yaml"
    (item,) = yaml.safe_load(path.read_text())
    item["document"] = 'mutation { createRepository(name: "one", visibility: PUBLIC) { id } }'
    item["response"] = {"status": 200, "body": {"data": {"createRepository": {"id": 0}}}}
    other = {**item, "document": item["document"].replace("one", "two")}
    told = {**other, "comment": "after 2 more createRepository calls (not recorded)"}
    path.write_text(yaml.safe_dump([item, told]))
    outcomes = replay(altered, recordings(altered, ["2024"], ["git"], []))
    first, second = (outcome.difference.got for outcome in outcomes if outcome.difference)
    assert second == first + 3


def _replay_altered(root: Path, *, name: str = "one", **changes: object) -> Outcome:
    path = root / "git" / "graphql" / f"{name}.yaml"
    (item,) = yaml.safe_load(path.read_text())
    path.write_text(yaml.safe_dump([item | changes]))
    (outcome,) = replay(root, recordings(root, ["2024"], ["git"], []))
    return outcome


def test_an_equal_answer_counts(altered: Path) -> None:
    assert _replay_altered(altered).equal


def test_a_different_value_is_named_by_its_path(altered: Path) -> None:
    outcome = _replay_altered(altered, response={"status": 200, "body": {"data": {"me": {"username": "x"}}}})
    assert outcome.difference is not None
    assert (outcome.difference.path, outcome.difference.got) == ("$.data.me.username", "jdoe")


def test_a_different_status_is_a_difference(altered: Path) -> None:
    outcome = _replay_altered(altered, authorization={"none": True})
    assert outcome.difference is not None
    assert outcome.difference.path == "status"


@pytest.mark.parametrize(
    "changes",
    [
        {"response": {"died": True}},
        {"comment": "internal: the core part is invented here"},
        {"comment": "after rest/writes/patchset-tools"},
        {"variables": {"cursor": "{cursor:1}"}},
    ],
    ids=["died", "invented", "elsewhere", "forged"],
)
def test_what_is_no_measure_is_passed_over(altered: Path, changes: dict[str, object]) -> None:
    outcome = _replay_altered(altered, **changes)
    assert outcome.skipped
    assert not outcome.equal


UPLOAD = """mutation ($file: Upload!) {
  uploadArtifact(repoId: 11, revspec: "v1.0", file: $file) { filename checksum }
}"""
FILE_UNKNOWN = "what the file held is not recorded"
CHECKSUM = f"sha256:{sha256(b'abc').hexdigest()}"


@pytest.mark.parametrize(
    ("file", "equal"), [({"text": "abc", "size": 3}, True), ({"text": "abd", "size": 3}, False), ({"size": 3}, None)]
)
def test_a_file_that_is_not_recorded_is_no_measure(altered: Path, file: dict[str, object], equal: bool | None) -> None:
    path = altered / "git" / "graphql" / "one.yaml"
    path.rename(path.with_stem("artifacts-on"))
    answer = {"data": {"uploadArtifact": {"filename": "a", "checksum": CHECKSUM}}}
    outcome = _replay_altered(
        altered,
        name="artifacts-on",
        document=UPLOAD,
        variables={"file": None},
        files={"file": {"filename": "a", **file}},
        response={"status": 200, "body": answer},
    )
    assert (outcome.equal, outcome.skipped) == (bool(equal), None if file.get("text") else FILE_UNKNOWN)


def test_what_was_derived_is_counted_apart(altered: Path) -> None:
    path = altered / "git" / "graphql" / "one.yaml"
    items = yaml.safe_load(path.read_text())
    path.write_text(yaml.safe_dump({"derived": True, "exchanges": items}))
    (outcome,) = replay(altered, recordings(altered, ["2024"], ["git"], []))
    assert (outcome.equal, outcome.derived) == (True, True)


def test_what_is_out_of_scope_is_not_played(altered: Path) -> None:
    outcome = _replay_altered(altered, document="{ me { lost } }")
    assert outcome.lacking == 'Cannot query field "lost" on type "User".'
    assert not outcome.equal
    assert outcome.difference is None


@pytest.mark.parametrize(
    "text",
    ["", "a: [", "[]", "{}", "x", "[1]", "exchanges: 5", "[{operation: a}]", "[{document: '{ me }', response: {}}]"],
)
def test_a_file_that_is_no_recording_is_named(altered: Path, text: str) -> None:
    path = altered / "git" / "graphql" / "one.yaml"
    path.write_text(text)
    with pytest.raises(DataError, match=f"^{path}: "):
        list(replay(altered, recordings(altered, ["2024"], ["git"], [])))
