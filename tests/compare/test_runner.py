from __future__ import annotations

import json
import signal
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from werkzeug import Request as HttpRequest
from werkzeug import Response

from shim.compare.cassettes.finding import CassetteError
from shim.compare.reporting.result import CassetteResult, Comparison, Outcome
from shim.compare.rules.deviations import DeviationsError
from shim.compare.runner import run, workers
from shim.compare.stand.settings import InputError, Settings
from shim.compare.stand.stage import Unsuitable
from shim.crypto import BearerToken
from tests.compare.kit import KEYS, PRIVATE_KEY, Answering, Fake, interaction, reply, write_cassette, write_rules

NAME = "git/rest/reads/x.yaml"
UUID = "5b7a3c1e-0d0f-4e57-9a43-0c2f6a1d9e10"


def compared(root: Path, answering: Answering | Fake, **settings: Any) -> Comparison:
    fake = answering if isinstance(answering, Fake) else Fake(answering)
    return run(Settings(root, **settings), fake.open, lambda result: None)


def user_of(request: HttpRequest) -> str:
    return BearerToken.verify(request.headers["Authorization"].split()[1], PRIVATE_KEY).username


def test_each_exchange_is_judged(tmp_path: Path) -> None:
    recorded = [
        interaction("/same", '{"a": "{now}"}'),
        interaction("/declared", '{"a": 1}'),
        interaction("/different", '{"a": 1}'),
    ]
    write_cassette(tmp_path, NAME, recorded)
    write_rules(tmp_path, {"endpoints": ["GET /declared"], "instead": {"change": [{"at": "a", "set": 2}]}})
    comparison = compared(tmp_path, lambda request: reply('{"a": 2}' if request.path != "/same" else '{"a": "{now}"}'))
    outcomes = [item.outcome for item in comparison.cassettes[0].exchanges]
    assert outcomes == [Outcome.EXACT, Outcome.DECLARED, Outcome.DIFFERENT]
    different = comparison.cassettes[0].exchanges[2]
    assert different.judgement.difference is not None
    assert different.judgement.difference.where == "body $.a"
    assert "-H 'Host: git.example.org'" in different.command
    assert different.command.endswith("http://127.0.0.1:8080/different")
    assert "token {ann}" not in different.command
    assert (comparison.passed, comparison.rules, comparison.unused) == (False, {"r0": 1}, ())


def test_what_a_recording_only_tells_of_is_sent_before(tmp_path: Path) -> None:
    told = 'after 2 times PUT /n {"k": "<k>"}'
    write_cassette(tmp_path, NAME, [interaction("/", "1"), interaction("/n", '["0", "1"]', comment=told)])
    seen: list[str] = []

    def answer(request: HttpRequest) -> Response:
        if request.method == "PUT":
            assert user_of(request) == "ann"
            seen.append(request.get_json()["k"])
        return reply(json.dumps(seen) if request.path == "/n" else "1")

    assert compared(tmp_path, answer).passed


def test_what_secret_keys_made_is_not_shown(tmp_path: Path) -> None:
    write_cassette(tmp_path, NAME, [interaction("/", "1")])
    tokens = []

    def answer(request: HttpRequest) -> Response:
        tokens.append(request.headers["Authorization"].split()[1])
        return reply("2")

    fake = Fake(answer, replace(KEYS, secret=True))
    comparison = run(Settings(tmp_path), fake.open, lambda result: None)
    command = comparison.cassettes[0].exchanges[0].command
    assert len(tokens) == 1
    assert tokens[0] not in command
    assert "-H 'Authorization: token {ann}'" in command


def test_an_answer_as_recorded_is_exact_whatever_the_rules_say(tmp_path: Path) -> None:
    write_cassette(tmp_path, NAME, [interaction("/", '{"a": 1}'), interaction("/b", '{"a": 1}')])
    write_rules(tmp_path, {"instead": {"change": [{"at": "a", "set": 2}]}})
    comparison = compared(tmp_path, lambda request: reply('{"a": 1}' if request.path == "/" else '{"a": 2}'))
    assert (comparison.totals.exact, comparison.totals.declared) == (1, 1)


def test_a_deviation_otherwise_than_declared_differs(tmp_path: Path) -> None:
    write_cassette(tmp_path, NAME, [interaction("/", '{"a": 1}')])
    write_rules(tmp_path, {"instead": {"change": [{"at": "a", "set": 2}]}})
    exchange = compared(tmp_path, lambda request: reply('{"a": 3}')).cassettes[0].exchanges[0]
    assert (exchange.outcome, exchange.judgement.rules) == (Outcome.DIFFERENT, ("r0",))
    assert exchange.judgement.difference is not None
    assert (exchange.judgement.difference.expected, exchange.judgement.difference.found) == ("2", "3")


def test_an_app_that_gives_no_answer_differs(tmp_path: Path) -> None:
    def broken(request: HttpRequest) -> Response:
        raise KeyError("x")

    write_cassette(tmp_path, NAME, [interaction("/", "{}")])
    difference = compared(tmp_path, broken).cassettes[0].exchanges[0].judgement.difference
    assert difference is not None
    assert (difference.where, difference.expected) == ("answer", "200")


def test_every_cassette_begins_from_the_untouched_data_set(tmp_path: Path) -> None:
    for number in range(3):
        write_cassette(tmp_path, f"git/rest/writes/{number}.yaml", [interaction("/", "{}"), interaction("/", "{}")])
    fake = Fake(lambda request: reply("{}"))
    assert compared(tmp_path, fake).passed
    assert (fake.resets, len(fake.requests)) == (3, 6)


def test_values_that_were_answered_are_sent_later(tmp_path: Path) -> None:
    recorded = [interaction("/new", '{"id": "{uuid:1}"}'), interaction("/d/{uuid:1}?a={UUID:1}", "{}")]
    write_cassette(tmp_path, NAME, recorded)
    fake = Fake(lambda request: reply(f'{{"id": "{UUID}"}}' if request.path == "/new" else "{}"))
    assert compared(tmp_path, fake).passed
    assert fake.requests[1] == ("GET", f"/d/{UUID}?a={UUID.upper()}")


def test_ids_that_a_rule_renames_are_sent_as_answered(tmp_path: Path) -> None:
    recorded = [interaction("/hooks", '{"id": 58}', method="POST"), interaction("/hooks/58", '{"id": 58}')]
    write_cassette(tmp_path, NAME, recorded)
    rule = {"endpoints": ["* /hooks", "* /hooks/<hook>"], "instead": {"change": [{"at": "id", "renamed": "hook"}]}}
    write_rules(tmp_path, rule)
    fake = Fake(lambda request: reply('{"id": 34}'))
    comparison = compared(tmp_path, fake)
    assert comparison.passed
    assert (comparison.totals.declared, fake.requests[1]) == (2, ("GET", "/hooks/34"))


def like(request: HttpRequest) -> Response:
    """Serves only tokens of ann and lists what was created."""
    names: list[str] = like.__dict__.setdefault("names", [])
    if request.method == "POST":
        names.append(user_of(request))
        return reply(json.dumps({"id": len(names)}), 201)
    return reply(json.dumps({"names": names, "caller": user_of(request)}))


LIKE = {"when": {"status": 403}, "instead": {"like": {"authorization": "token {user}"}}}


def test_like_compares_with_the_answer_to_another_credential(tmp_path: Path) -> None:
    like.__dict__.clear()
    asked = {"Authorization": ["Bearer {oauth2:ann}"]}
    write_cassette(tmp_path, NAME, [interaction("/", "{}", status=403, asked=asked)])
    write_rules(tmp_path, LIKE)
    assert compared(tmp_path, like).totals.declared == 1


def test_like_repeats_a_write_from_the_state_before_it(tmp_path: Path) -> None:
    asked = {"Authorization": ["Bearer {oauth2:ann}"]}
    recorded = [
        interaction("/", '{"id": 1}', method="POST", status=201),
        interaction("/", "{}", method="POST", status=403, asked=asked),
        interaction("/", '{"names": ["ann", "ann"], "caller": "ann"}'),
    ]
    write_cassette(tmp_path, NAME, recorded)
    write_rules(tmp_path, LIKE)

    class Resetting(Fake):
        def _reset(self) -> None:
            super()._reset()
            like.__dict__.clear()

    fake = Resetting(like)
    comparison = compared(tmp_path, fake)
    assert [item.outcome.value for item in comparison.cassettes[0].exchanges] == ["exact", "declared", "exact"]
    assert fake.resets == 2


def test_a_rule_that_nothing_needs_fails_a_full_run(tmp_path: Path) -> None:
    write_cassette(tmp_path, NAME, [interaction("/", "{}")])
    write_cassette(tmp_path, "todo/rest/reads/x.yaml", [interaction("/", "{}")])
    spare = {"instead": {"change": [{"at": "a", "set": 1}]}}
    write_rules(
        tmp_path, {"services": ["git", "hg"], **spare}, {"era": "2026", **spare}, {"services": ["todo"], **spare}
    )
    answering = Fake(lambda request: reply("{}"))
    full = compared(tmp_path, answering)
    assert (full.unused, full.passed) == (("r0", "r2"), False)
    assert compared(tmp_path, answering, era="2026").unused == ("r0", "r1", "r2")
    assert compared(tmp_path, answering, services=("todo",)).unused == ("r2",)


def test_a_rule_for_one_way_of_paging_is_asked_for_in_such_runs_only(tmp_path: Path) -> None:
    write_cassette(tmp_path, NAME, [interaction("/", '{"a": 1}')])
    change = {"instead": {"change": [{"at": "a", "set": 2}]}}
    write_rules(tmp_path, {"paging": "walk", **change}, {"paging": "sealed", **change})
    walked, sealed = (compared(tmp_path, lambda request: reply('{"a": 2}'), paging=way) for way in ("walk", "auto"))
    assert (walked.rules, walked.unused) == ({"r0": 1}, ())
    assert (sealed.rules, sealed.unused) == ({"r1": 1}, ())
    assert compared(tmp_path, lambda request: reply('{"a": 1}'), paging="walk").unused == ("r0",)


@pytest.mark.parametrize("narrowed", [{"kinds": ("reads",)}, {"cassettes": (Path("x"),)}, {"url": "http://h"}])
def test_a_narrowed_run_says_nothing_about_unused_rules(tmp_path: Path, narrowed: dict[str, Any]) -> None:
    path = write_cassette(tmp_path, NAME, [interaction("/", "{}")])
    write_rules(tmp_path, {"instead": {"change": [{"at": "a", "set": 1}]}})
    settings = {**narrowed, **({"cassettes": (path,)} if "cassettes" in narrowed else {})}
    assert compared(tmp_path, lambda request: reply("{}"), **settings).passed


def test_a_rule_that_names_another_run_may_be_unused(tmp_path: Path) -> None:
    write_cassette(tmp_path, NAME, [interaction("/", "{}")])
    write_rules(tmp_path, {"unrecorded": "clients 10.3", "instead": {"change": [{"at": "a", "set": 1}]}})
    assert compared(tmp_path, lambda request: reply("{}")).passed


def test_rules_of_another_root_may_be_unused(tmp_path: Path) -> None:
    write_cassette(tmp_path / "mine", NAME, [interaction("/", "{}")])
    rules = write_rules(tmp_path, {"instead": {"change": [{"at": "a", "set": 1}]}})
    assert compared(tmp_path / "mine", lambda request: reply("{}"), deviations=rules).passed


def test_a_consequence_that_nothing_needs_fails_a_full_run(tmp_path: Path) -> None:
    write_cassette(tmp_path, NAME, [interaction("/a", '{"a": 1}'), interaction("/b", '{"b": 1}')])
    then = [{"endpoints": [f"GET /{path}"], "instead": {"change": [{"at": path, "set": 2}]}} for path in "bc"]
    write_rules(tmp_path, {"endpoints": ["GET /a"], "instead": {"change": [{"at": "a", "set": 2}]}, "then": then})
    comparison = compared(tmp_path, lambda request: reply(f'{{"{request.path[1:]}": 2}}'))
    assert comparison.rules == {"r0": 1, "r0/then-1": 1}
    assert (comparison.unused, comparison.passed) == (("r0/then-2",), False)


def test_the_rules_are_those_of_the_root_and_its_services(tmp_path: Path) -> None:
    cassette = write_cassette(tmp_path, NAME, [interaction("/", '{"a": 1}')])
    (tmp_path / "deviations.yaml").unlink()
    write_rules(cassette.parents[2], {"instead": {"change": [{"at": "a", "set": 2}]}})
    answering = Fake(lambda request: reply('{"a": 2}'))
    assert compared(tmp_path, answering).rules == {"r0": 1}
    other = tmp_path / "other"
    write_cassette(other, NAME, [interaction("/", '{"a": 1}')])
    assert compared(other, answering).rules == {}
    assert compared(other, answering, deviations=tmp_path).rules == {"r0": 1}


def test_a_root_without_rules_is_compared_by_the_projects(tmp_path: Path) -> None:
    write_cassette(tmp_path, NAME, [interaction("/", "{}")])
    assert Settings(tmp_path).rules == tmp_path
    (tmp_path / "deviations.yaml").unlink()
    assert Settings(tmp_path).rules == Path(__file__).parents[2] / "fixtures"


def test_a_cassette_in_conditions_that_cannot_be_met_is_not_run(tmp_path: Path) -> None:
    class Unable(Fake):
        def stage(self, cassette: Any) -> Any:
            raise Unsuitable("recorded with object-storage")

    write_cassette(tmp_path, NAME, [interaction("/", "{}")])
    result = compared(tmp_path, Unable(lambda request: reply("{}"))).cassettes[0]
    assert (result.verdict, result.skipped, result.exchanges) == ("not run", "recorded with object-storage", ())


def test_results_are_told_as_they_come(tmp_path: Path) -> None:
    for number in range(3):
        write_cassette(tmp_path, f"git/rest/reads/{number}.yaml", [interaction("/", "{}")])
    told: list[CassetteResult] = []
    comparison = run(Settings(tmp_path), Fake(lambda request: reply("{}")).open, told.append)
    assert tuple(told) == comparison.cassettes
    assert [result.name for result in told] == [f"git/rest/reads/{number}.yaml" for number in range(3)]


def test_several_processes_give_the_same_result(tmp_path: Path) -> None:
    for number in range(3):
        write_cassette(tmp_path, f"git/rest/reads/{number}.yaml", [interaction("/", "{}"), interaction("/a", "[]")])
    one = run(Settings(tmp_path), answers_empty, lambda result: None)
    two = run(Settings(tmp_path, jobs=2), answers_empty, lambda result: None)
    assert one == two
    assert (one.totals.exact, one.totals.different) == (3, 3)


def test_ctrl_c_is_left_to_the_first_process() -> None:
    before = signal.getsignal(signal.SIGINT)
    with workers(1) as pool:
        assert pool.apply(signal.getsignal, (signal.SIGINT,)) is signal.SIG_IGN
    assert signal.getsignal(signal.SIGINT) is before


def answers_empty(settings: Settings) -> Any:
    """A stand that processes of their own can open."""
    return Fake(lambda request: reply("{}")).open(settings)


def test_bad_input_is_said(tmp_path: Path) -> None:
    answering = Fake(lambda request: reply("{}"))
    with pytest.raises(InputError, match="no cassettes"):
        compared(tmp_path, answering)
    path = write_cassette(tmp_path, NAME, [interaction("/", "{}")])
    write_rules(tmp_path, {"instead": {}})
    with pytest.raises(DeviationsError, match="checks nothing"):
        compared(tmp_path, answering)
    write_rules(tmp_path)
    (tmp_path / "git" / "data" / "dataset.json").unlink()
    with pytest.raises(InputError, match=r"dataset\.json: No such file"):
        compared(tmp_path, answering)
    path.write_text("[")
    with pytest.raises(CassetteError, match=r"x\.yaml"):
        compared(tmp_path, answering)
