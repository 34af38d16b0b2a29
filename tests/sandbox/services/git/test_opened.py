"""What the process dies of: one repository, opened twice in one request (git dossier, F15)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ...conftest import Client

REPOSITORY = 'repository(name: "alpha")'
LOG = "log { results { id tree { id } parents { id } } }"
DEADLY = [
    f'{{ me {{ {REPOSITORY} {{ {LOG} revparse_single(revspec: "HEAD") {{ id }} }} }} }}',
    f"{{ me {{ {REPOSITORY} {{ {LOG} more: {LOG} }} }} }}",
    f"{{ me {{ {REPOSITORY} {{ {LOG} references {{ results {{ follow {{ id }} }} }} }} }} }}",
    f'{{ me {{ {REPOSITORY} {{ HEAD {{ name }} }} }} user(username: "jdoe") {{ {REPOSITORY} {{ {LOG} }} }} }}',
    f"{{ me {{ {REPOSITORY} {{ {LOG} }} more: {REPOSITORY} {{ HEAD {{ name }} }} }} }}",
    f"{{ me {{ {REPOSITORY} {{ HEAD {{ name }} }} more: {REPOSITORY} {{ references {{ cursor }} }} }} }}",
]
HARMLESS = [
    f"{{ me {{ {REPOSITORY} {{ HEAD {{ name }} {LOG} references {{ results {{ name target }} }} }} }} }}",
    f"{{ me {{ {REPOSITORY} {{ {LOG} }} more: {REPOSITORY} {{ references {{ cursor }} }} }} }}",
    f'{{ me {{ {REPOSITORY} {{ HEAD {{ name }} path(path: "README.md") {{ id }} references {{ cursor }} }} }} }}',
    f"{{ me {{ {REPOSITORY} {{ {LOG} }} more: {REPOSITORY} {{ id owner {{ canonicalName }} }} }} }}",
    f"{{ me {{ {REPOSITORY} {{ {LOG} {LOG} }} }} }}",
]


def status(client: Client, query: str) -> int:
    return client.open("/query", "POST", json={"query": query}, headers=client.bearer("jdoe")).status_code


@pytest.mark.parametrize("query", DEADLY)
def test_the_process_dies(git2026: Client, query: str) -> None:
    assert status(git2026, query) == 500


@pytest.mark.parametrize("query", HARMLESS)
def test_the_process_lives(git2026: Client, query: str) -> None:
    assert status(git2026, query) == 200


def test_logs_of_two_repositories_are_harmless(git: Client) -> None:
    fields = 'a: repository(name: "files") { log { cursor } } b: repository(name: "many-refs") { log { cursor } }'
    assert status(git, f"{{ me {{ {fields} }} }}") == 200


def test_where_a_recording_has_an_answer_the_process_was_lucky(git2026: Client) -> None:
    service = git2026.sandbox.services["git"]
    git2026.sandbox.reset(replace(service.conditions, lucky=True))
    assert {status(git2026, query) for query in DEADLY} == {200}
