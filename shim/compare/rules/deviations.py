"""`deviations.yaml`: where the shim answers otherwise than the old services did, and what it answers instead.

A rule holds for any data set. It says where it applies, what is answered `instead`, and why:

    - id: private-is-hidden
      services: [git, hg]
      endpoints: ["* /api/<owner>/repos/<name>", "* /api/<path:repo>/odb/*"]         # none: all; ** is the rest
      era: "2024"                                                                    # none: both
      paging: walk                                       # only without the network key; sealed: only with it
      when: {status: 403, content_type: text/html; charset=utf-8}      # the recorded answer; also body (bytes
                                                                       # as Latin-1), reason, headers, json (by path)
      request: {caller: active}                                        # also authorization, condition, path,
                                                                       # query, headers, body, json
      witness: {path: /api/repos/<name>/refdb/HEAD, status: 501}       # a GET that must answer so, too; also body
                                                                       # (whose patterns may hold <name>, too),
                                                                       # authorization (token {user}: the caller's
                                                                       # with all rights), and a list whose later
                                                                       # paths may hold the {body} of the answer
                                                                       # before
      instead: {status: 404, json: {"errors": [{"reason": "404 not found"}]}}
      reason: GraphQL cannot tell a private repository from one that does not exist.
      contract: git 5
      unrecorded: clients 10.3             # the run that shows it, where no recording does: a run needs no use of it
      then:                                # what this brings about in later exchanges of the same cassette; services,
                                           # era, paging, reason and contract are the rule's unless it says otherwise
        - endpoints: ["GET /api/repos"]
          when: {status: 200}
          instead: {change: [{at: total, set: 0}]}

A rule may have `cases` under its one reason, which differ in what each of them says itself:

    - id: crashes-are-refused
      services: [git]
      when: {status: 500}
      cases:
        - {name: empty, request: {json: {name: ""}}, instead: {status: 400, json: {errors: [{reason: Empty}]}}}
        - {name: absent, request: {json: {name: null}}, instead: {status: 400, json: {errors: [{reason: Missing}]}}}
      reason: The old code crashed over a name that is none.
      contract: git 5

Cases and consequences are known as `<id>/<name>`, without a name as `<id>/<number>` and `<id>/then-<number>`. What
several rules bring about is a consequence of one that names the others, or a rule that names them all: `after:
[crashes-are-refused, private-is-hidden]`, of which one is enough; a rule's id means any of its cases. In a full run
each case and each consequence must be needed, as a rule must.

Rules stand in `<root>/<service>/deviations.yaml`, those of several services in `<root>/deviations.yaml`; in a
service's folder `services` is that service unless it is given. All of a root's are read together.

What `instead` does not name stays as recorded. The body is given anew (`json`, `text`; `{<name>}`, `{caller}`,
`{notice}` and `{owner-email}` stand for what they name), or only its known parts are (`matches:
{"results[*].id": {matches: ^a}}`), or it is that of the same request with other credentials (`like:
{authorization: "token {user}"}`) or with doubled slashes in its path merged (`like: {slashes: merged}`), or the
recorded JSON with a `change`:

    change:
      - {at: "results[*].signature", set: null}
      - {at: short_id, cut: 7}
      - {at: "results[*].comment.id", copy: ..id}                            # of the object around; id: of the same
      - {at: message, replace: {"[^ -~]": "?"}, where: {encoding: latin-1}, optional: true}
      - {at: url, pattern: "https://[^/]+/{<owner>}/{name}/{recorded}"}      # {name}: of the same object
      - {at: [id, "results[*].id"], renamed: {kind: webhook, query: start}}  # <webhook> in a path too
      - {at: name, undecoded: true}                                          # the ASCII of it is as recorded
      - {at: owner, shape: {name: {matches: .}}}                             # another object
      - {at: artifacts, tail: true}                                          # more items before the recorded ones
      - {at: owner, set: null, witness: {path: /api/<name>, status: 404}}    # <name>: of the recorded value

or with a list that holds more than recorded, or less: `extra: {at: results, where: {visibility: public}}`,
`only: {at: results, where: {created: {symbol: now}}}`, or from which some may be missing: `fewer: {at: results,
where: {visibility: {not: PUBLIC}}, witness: {path: /api/<name>, status: 404}}`, where the witness is one for each item.
`shim.compare.rules.reading.predicate` tells what conditions can say. Changes of several rules add up, in order; rules
that give an answer anew are alternatives, for one recorded crash may have several causes. A rule that would merely
look away is refused when it is read.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path

import yaml

from shim.compare.cassettes.exchange import Exchange, Request
from shim.compare.cassettes.finding import DEVIATIONS, rule_files, service_of
from shim.compare.judging.difference import KEPT_HEADERS, Expected
from shim.compare.rules import rule
from shim.compare.rules.instead import Instead
from shim.compare.rules.reading import RuleError
from shim.compare.rules.rule import Rule
from shim.compare.rules.situation import Situation
from shim.compare.rules.witness import Ask, Scope, Witness, all_testify
from shim.recordings.answer import Answer
from shim.recordings.symbols import Names, abstract


class DeviationsError(ValueError):
    """A file of rules that cannot be read, or one of whose rules checks nothing."""


@dataclass(frozen=True)
class Declared:
    """What rules make of a recorded answer, and which of them had a part in it."""

    expected: Expected
    rules: tuple[Rule, ...]


@dataclass(frozen=True)
class Deviations:
    """The rules of some files, in their order."""

    rules: tuple[Rule, ...] = ()

    def declared(self, exchange: Exchange, around: Situation, ask: Ask) -> Iterator[Declared]:
        """What may be answered instead of the recording.

        All rules that change something apply together, in order; each that answers anew applies alone, for
        one recorded answer may have several causes. `ask` sends a (symbolic) request.
        """
        scopes = ((one, one.scope(exchange, around, ask)) for one in self.rules)
        matching = [(one, scope) for one, scope in scopes if scope is not None]
        changing = [(one, scope) for one, scope in matching if not one.instead.anew]
        for group in (changing, *([pair] for pair in matching if pair[0].instead.anew)):
            found = _applied(group, exchange, around, ask)
            if found.rules:
                yield found

    def rewrite(self, request: Request, service: str, era: str, paging: str, names: Names) -> Request:
        """The request with the ids that differ from the recorded ones, in its path and its query."""
        done = set()
        for one in self.rules:
            for renaming, pattern in product(one.renamings, one.endpoints):
                ids = names.renamed.get(renaming.kind, {})
                fresh = one.covers(service, era, paging) and renaming.kind not in done
                rewritten = pattern.rewritten(request, renaming, ids) if fresh else None
                if rewritten is not None:
                    request = rewritten
                    done.add(renaming.kind)
        return request


def _applied(group: list[tuple[Rule, Scope]], exchange: Exchange, around: Situation, ask: Ask) -> Declared:
    expected, used = Expected.recorded(exchange.recorded), []

    def testify(witnesses: tuple[Witness, ...], known: Scope) -> bool:
        return all_testify(witnesses, exchange.request, {**around.facts, **known}, ask)

    for one, scope in group:
        if one.instead.like or one.instead.merged:
            changed = _like(one.instead, exchange.request, around, ask)
        else:
            changed = one.instead.apply(expected, exchange.request, scope, testify)
        if changed != expected:
            used.append(one)
        expected = changed
    return Declared(expected, tuple(used))


def load(path: Path) -> Deviations:
    """Read a file of rules, or all those of a fixtures root. Raises DeviationsError, which names file, rule and key."""
    files = rule_files(path) if path.is_dir() else [path]
    if not files:
        raise DeviationsError(f"{path}: no {DEVIATIONS} in it, nor in the folder of a service")
    rules = [found for file in files for found in _read(file)]
    with _placed(path):
        ids = [found.id for found in rules]
        if twice := [name for name in ids if ids.count(name) > 1]:
            raise RuleError(f"rule {twice[0]}: there are two of that id")
        return Deviations(tuple(_resolved(found, rules) for found in rules))


@contextmanager
def _placed(path: Path) -> Iterator[None]:
    """Say of what is wrong in which file it is."""
    try:
        yield
    except (OSError, yaml.YAMLError, RuleError) as error:
        raise DeviationsError(f"{path}: {' '.join(str(error).split())}") from error


def _read(path: Path) -> list[Rule]:
    with _placed(path):
        document = yaml.load(path.read_bytes(), Loader=yaml.CSafeLoader)
        if not isinstance(document, list):
            raise RuleError("should be a list of rules")
        return [found for spec in document for found in rule.read(spec, service_of(path))]


def _resolved(late: Rule, rules: Sequence[Rule]) -> Rule:
    """The rule with the ids of all cases in place of the name of a rule that has such."""
    if unknown := [name for name in late.after if not any(found.answers_to(name) for found in rules)]:
        raise RuleError(f"rule {late.id}: after: there is no rule {unknown[0]}")
    return replace(late, after=tuple(found.id for name in late.after for found in rules if found.answers_to(name)))


def _like(instead: Instead, request: Request, around: Situation, ask: Ask) -> Expected:
    """The answer to the same request but for its Authorization or slashes; times of today and UUIDs may differ."""
    if instead.merged:
        answer = ask(request.merged())
    else:
        symbolic = instead.like.replace("{user}", f"{{{around.caller.name}}}")
        answer = ask(request.authorized(symbolic))
    headers = {name: answer.headers[name] for name in KEPT_HEADERS if name in answer.headers}
    body = answer.body if answer.text is None else abstract(answer.text).encode()
    return Expected.recorded(Answer(answer.status, headers, body))
