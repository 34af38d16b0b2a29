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
      witness: {path: /api/repos/<name>/refdb/HEAD, status: 501}       # a GET that must answer so, too; also body,
                                                                       # and a list whose later paths may hold
                                                                       # the {body} of the answer before
      after: [private-is-hidden]                                       # only once one of these rules has applied
                                                                       # to an earlier exchange of the cassette
      instead: {status: 404, json: {"errors": [{"reason": "404 not found"}]}}
      reason: GraphQL cannot tell a private repository from one that does not exist.
      contract: git 5
      unrecorded: clients 10.3             # the run that shows it, where no recording does: a run needs no use of it

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
where: {visibility: {not: PUBLIC}}}`. `shim.compare.reading.predicate` tells what conditions can say. Changes of
several rules add up, in order; rules that give an answer anew are alternatives, for one recorded crash may have
several causes. A rule that would merely look away is refused when it is read.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

import yaml

from shim.compare.cassettes.cassette import Answer, Exchange, Request
from shim.compare.judging.difference import KEPT_HEADERS, Expected
from shim.compare.judging.symbols import Names, abstract
from shim.compare.rules import endpoint, instead, reading, situation, witness
from shim.compare.rules.changes import Renaming
from shim.compare.rules.endpoint import Endpoint
from shim.compare.rules.instead import Instead
from shim.compare.rules.reading import RuleError
from shim.compare.rules.situation import Check, Situation
from shim.compare.rules.witness import Ask, Scope, Witness, all_testify
from shim.settings import ERAS


class DeviationsError(ValueError):
    """A file of rules that cannot be read, or one of whose rules checks nothing."""


@dataclass(frozen=True)
class Rule:
    """One declared deviation; no endpoints means all, no era means both, no paging means either."""

    id: str
    services: tuple[str, ...]
    endpoints: tuple[Endpoint, ...]
    era: str
    checks: tuple[Check, ...]
    instead: Instead
    reason: str
    contract: str
    witnesses: tuple[Witness, ...] = ()
    after: tuple[str, ...] = ()
    paging: str = ""
    unrecorded: str = ""

    def scope(self, exchange: Exchange, around: Situation, ask: Ask) -> Scope | None:
        """The path segments by name, and facts of the caller, where the rule speaks of this exchange."""
        if not self.covers(around.service, around.era, around.paging) or (
            self.after and around.happened.isdisjoint(self.after)
        ):
            return None
        if not all(check(exchange, around) for check in self.checks):
            return None
        captures = (pattern.captures(exchange.request) for pattern in self.endpoints)
        found = next((found for found in captures if found is not None), None) if self.endpoints else {}
        if found is None or not all_testify(self.witnesses, exchange.request, found, ask):
            return None
        return {**around.facts, **found}

    def covers(self, service: str, era: str, paging: str) -> bool:
        """Whether the rule speaks of a service."""
        return service in self.services and self.holds(era, paging)

    def holds(self, era: str, paging: str) -> bool:
        """Whether the rule speaks of an era and a way of paging."""
        return self.era in ("", era) and self.paging in ("", paging)

    @property
    def renamings(self) -> list[Renaming]:
        """The kinds of ids that the rule lets differ."""
        return [change.renaming for change in self.instead.changes if change.renaming]


@dataclass(frozen=True)
class Declared:
    """What rules make of a recorded answer, and which of them had a part in it."""

    expected: Expected
    rules: tuple[Rule, ...]


@dataclass(frozen=True)
class Deviations:
    """The rules of a file, in its order."""

    rules: tuple[Rule, ...] = ()

    def declared(self, exchange: Exchange, around: Situation, ask: Ask) -> Iterator[Declared]:
        """What may be answered instead of the recording.

        All rules that change something apply together, in order; each that answers anew applies alone, for
        one recorded answer may have several causes. `ask` sends a (symbolic) request.
        """
        scopes = ((rule, rule.scope(exchange, around, ask)) for rule in self.rules)
        matching = [(rule, scope) for rule, scope in scopes if scope is not None]
        changing = [(rule, scope) for rule, scope in matching if not rule.instead.anew]
        for group in (changing, *([pair] for pair in matching if pair[0].instead.anew)):
            found = _applied(group, exchange, around, ask)
            if found.rules:
                yield found

    def rewrite(self, request: Request, service: str, era: str, paging: str, names: Names) -> Request:
        """The request with the ids that differ from the recorded ones, in its path and its query."""
        done = set()
        for rule in self.rules:
            for renaming, pattern in product(rule.renamings, rule.endpoints):
                ids = names.renamed.get(renaming.kind, {})
                fresh = rule.covers(service, era, paging) and renaming.kind not in done
                rewritten = pattern.rewritten(request, renaming, ids) if fresh else None
                if rewritten is not None:
                    request = rewritten
                    done.add(renaming.kind)
        return request


def _applied(group: list[tuple[Rule, Scope]], exchange: Exchange, around: Situation, ask: Ask) -> Declared:
    expected, used = Expected.recorded(exchange.recorded), []

    def testify(witnesses: tuple[Witness, ...], known: Scope) -> bool:
        return all_testify(witnesses, exchange.request, known, ask)

    for rule, scope in group:
        if rule.instead.like or rule.instead.merged:
            changed = _like(rule.instead, exchange.request, around, ask)
        else:
            changed = rule.instead.apply(expected, exchange.request, scope, testify)
        if changed != expected:
            used.append(rule)
        expected = changed
    return Declared(expected, tuple(used))


def load(path: Path) -> Deviations:
    """Read a file of rules. Raises DeviationsError, which names file, rule and key."""
    try:
        document = yaml.load(path.read_bytes(), Loader=yaml.CSafeLoader)
        if not isinstance(document, list):
            raise RuleError("should be a list of rules")
        rules = tuple(map(_rule, document))
        ids = [rule.id for rule in rules]
        if twice := [name for name in ids if ids.count(name) > 1]:
            raise RuleError(f"rule {twice[0]}: there are two of that id")
        if unknown := [name for rule in rules for name in rule.after if name not in ids]:
            raise RuleError(f"after: there is no rule {unknown[0]}")
    except (OSError, yaml.YAMLError, RuleError) as error:
        raise DeviationsError(f"{path}: {' '.join(str(error).split())}") from error
    return Deviations(rules)


def _rule(spec: Any) -> Rule:
    name = spec.get("id", "without an id") if isinstance(spec, dict) else repr(spec)
    parts = reading.placed(f"rule {name}", lambda value: reading.section(value, _READERS, _REQUIRED), spec)
    checks = tuple(parts[key] for key in ("when", "request") if key in parts)
    return Rule(
        parts["id"],
        parts["services"],
        parts.get("endpoints", ()),
        parts.get("era", ""),
        checks,
        parts["instead"],
        parts["reason"],
        parts["contract"],
        parts.get("witness", ()),
        tuple(parts.get("after", ())),
        parts.get("paging", ""),
        parts.get("unrecorded", ""),
    )


def _like(instead: Instead, request: Request, around: Situation, ask: Ask) -> Expected:
    """The answer to the same request but for its Authorization or slashes; times of today and UUIDs may differ."""
    if instead.merged:
        answer = ask(request.merged())
    else:
        symbolic = instead.like.replace("{user}", f"{{{around.caller.name}}}")
        answer = ask(request.without_header("X-Srht-Authorization").with_header("Authorization", symbolic))
    headers = {name: answer.headers[name] for name in KEPT_HEADERS if name in answer.headers}
    body = answer.body if answer.text is None else abstract(answer.text).encode()
    return Expected.recorded(Answer(answer.status, headers, body))


_READERS: dict[str, reading.Reader] = {
    "id": reading.text,
    "services": reading.texts,
    "endpoints": reading.items(endpoint.read),
    "era": reading.one_of(*ERAS),
    "paging": reading.one_of("sealed", "walk"),
    "when": situation.when,
    "request": situation.request,
    "witness": witness.read,
    "after": reading.texts,
    "instead": instead.read,
    "reason": reading.text,
    "contract": reading.text,
    "unrecorded": reading.text,
}
_REQUIRED = ("id", "services", "instead", "reason", "contract")
