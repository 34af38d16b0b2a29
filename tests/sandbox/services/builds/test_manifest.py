"""Manifests, and what the libraries of either era say of those that are none."""

from __future__ import annotations

import pytest

from shim.sandbox.engine.errors import FieldError
from shim.sandbox.services.builds.manifest import read

HEAD = "image: x\n"
TASKS = f"{HEAD}tasks:\n- a: b\n"


def _refusal(text: str, *, modern: bool) -> str:
    with pytest.raises(FieldError) as caught:
        read(text, modern=modern)
    return caught.value.message


@pytest.mark.parametrize("modern", [False, True])
@pytest.mark.parametrize(
    ("text", "image", "tasks"),
    [
        (TASKS, "x", ("a",)),
        (f"{HEAD}tasks: [{{a: b}}, {{c-d_1: 5}}, {{'2':}}]\n", "x", ("a", "c-d_1", "2")),
        (f"{HEAD}tasks:\n- a: |\n    one\n\n    two\n- b: >\n    three\n", "x", ("a", "b")),
        ("image: 5\nshell: true\n", "5", ()),
        ("shell: true\nimage: &i x\narch: *i\n", "x", ()),
        (f"{TASKS}triggers:\n- {{action: email, condition: never, cc: a@example.org}}\n", "x", ("a",)),
        (f"{TASKS}triggers:\n- {{action: webhook, condition: always, url: 'https://x.example.org'}}\n", "x", ("a",)),
        (
            f"{TASKS}environment: {{a: [1, {{b: 2}}]}}\nunknown: 1\nsecrets: [abcd]\nartifacts: [a/x, b/x, ~]\n",
            "x",
            ("a",),
        ),
        (f"---\n{TASKS}---\nimage: [\n", "x", ("a",)),
    ],
)
def test_what_is_accepted(text: str, image: str, tasks: tuple[str, ...], modern: bool) -> None:
    wanted = read(text, modern=modern)
    assert (wanted.image, wanted.tasks) == (image, tasks)


@pytest.mark.parametrize("modern", [False, True])
@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "image is required"),
        ("image: ~\nshell: true\n", "image is required"),
        (f"{HEAD}tasks: []\n", "list of tasks is required"),
        (f"{HEAD}shell: false\n", "list of tasks is required"),
        (f"{TASKS}- a: c\n", "duplicate task a"),
        (f"{TASKS}artifacts: [p, q, p]\n", "duplicate artifact p"),
        (f"{TASKS}secrets: [abc]\n", "invalid UUID length: 3"),
        (f"{TASKS}secrets: [{'s' * 512}]\n", "invalid UUID length: 512"),
        (f"{TASKS}triggers:\n- condition: always\n", "unknown trigger type ''"),
        (f"{TASKS}triggers:\n- action: email\n", "email trigger requires 'to' or 'cc'"),
        (f"{TASKS}triggers:\n- action: webhook\n", "webhook trigger requires 'url'"),
    ],
)
def test_what_both_eras_refuse_alike(text: str, message: str, modern: bool) -> None:
    assert _refusal(text, modern=modern) == message


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (f"{HEAD}tasks:\n- a: b\n  c: d\n", """task schema is {"name": "value"} (or 'taskname: script...' as YAML)"""),
        (f"{HEAD}tasks:\n- A: b\n", "invalid task name 'A'"),
        ("image: [\n", "yaml: line 1: did not find expected node content"),
        ("a: &b c\nd: *nowhere \n", "yaml: unknown anchor 'nowhere' referenced"),
        ("image: a: b", "yaml: mapping values are not allowed in this context"),
        ("a: b\n\tc: d", "yaml: line 2: found a tab character that violates indentation"),
        ("image: \0", "yaml: control characters are not allowed"),
        (
            "image: [x]\nshell: perhaps-not\ntasks: y\n",
            "yaml: unmarshal errors:\n"
            "  line 1: cannot unmarshal !!seq into string\n"
            "  line 2: cannot unmarshal !!str `perhaps...` into bool\n"
            "  line 3: cannot unmarshal !!str `y` into []map[string]string",
        ),
        ("5", "yaml: unmarshal errors:\n  line 1: cannot unmarshal !!int `5` into graph.Manifest"),
    ],
)
def test_what_2024_says(text: str, message: str) -> None:
    assert _refusal(text, modern=False) == message


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (f"{HEAD}tasks:\n- a: b\n  c: d\n", "task must be '<name>: <script>' exactly once"),
        (f"{HEAD}tasks: [~]\n", "task must be '<name>: <script>' exactly once"),
        (
            f"{HEAD}tasks:\n- a: b\n- c: d\n  e: [f]\n",
            "task must be '<name>: <script>': [2:4] sequence was used where string is expected\n"
            "   1 | c: d\n>  2 | e: [f]\n          ^\n",
        ),
        (
            f"{HEAD}tasks:\n- A: b\n",
            "invalid task name 'A': must be all lowercase letters, numbers, underscores, and dashes",
        ),
        (f"{HEAD}tasks:\n- {'a' * 129}: b\n", f"invalid task name '{'a' * 129}': must be <= 128 characters"),
        ("image: {a: [\n", "[1:12] sequence end token ']' not found\n>  1 | image: {a: [\n                  ^\n"),
        ("image: {a: []", "[1:8] could not find flow mapping end token '}'\n>  1 | image: {a: []\n              ^\n"),
        (
            "a: 1\nb: 2\nc: 3\nd: 4\nimage: [x]\ne: 5\nf: 6\ng: 7\nh: 8\n",
            "[5:8] sequence was used where string is expected\n"
            "   2 | b: 2\n   3 | c: 3\n   4 | d: 4\n>  5 | image: [x]\n              ^\n"
            "   6 | e: 5\n   7 | f: 6\n   8 | g: 7",
        ),
        ("- a\n", "[1:1] sequence was used where mapping is expected\n>  1 | - a\n       ^\n"),
        (
            "image: x\nimage: y",
            '[2:1] mapping key "image" already defined at [1:1]\n   1 | image: x\n>  2 | image: y\n       ^\n',
        ),
        (f"{TASKS}oauth: git.sr.ht/X nonsense\n", "OAuth grant 'nonsense' without service/scope format"),
    ],
)
def test_what_2026_says(text: str, message: str) -> None:
    assert _refusal(text, modern=True) == message


@pytest.mark.parametrize("modern", [False, True])
def test_nesting_has_a_bound(modern: bool) -> None:
    assert "exceeded maximum nesting depth" in _refusal("[" * 16000, modern=modern)
