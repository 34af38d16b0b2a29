"""One declared deviation as it is read: the form in which it applies, its further cases, and its consequences."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from shim.compare.cassettes.exchange import Exchange
from shim.compare.rules import endpoint, instead, reading, situation, witness
from shim.compare.rules.changes import Renaming
from shim.compare.rules.endpoint import Endpoint
from shim.compare.rules.instead import Instead
from shim.compare.rules.reading import RuleError
from shim.compare.rules.situation import Check, Situation
from shim.compare.rules.witness import Ask, Scope, Witness, all_testify
from shim.settings import ERAS


@dataclass(frozen=True)
class Rule:
    """One declared deviation; no endpoints means all, no era means both, no paging means either.

    `after` are the rules (ids) of which one must have applied to an earlier exchange of the cassette.
    """

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
        known = None if found is None else {**around.facts, **found}
        return known if known and all_testify(self.witnesses, exchange.request, known, ask) else None

    def covers(self, service: str, era: str, paging: str) -> bool:
        """Whether the rule speaks of a service."""
        return service in self.services and self.holds(era, paging)

    def holds(self, era: str, paging: str) -> bool:
        """Whether the rule speaks of an era and a way of paging."""
        return self.era in ("", era) and self.paging in ("", paging)

    def answers_to(self, name: str) -> bool:
        """Whether `name` means this: its own id, or that of the rule of which it is a case."""
        return self.id == name or (self.id.startswith(f"{name}/") and name not in self.after)

    @property
    def renamings(self) -> list[Renaming]:
        """The kinds of ids that the rule lets differ."""
        return [change.renaming for change in self.instead.changes if change.renaming]


def read(spec: Any, service: str = "") -> list[Rule]:
    """Read a rule: each of its cases, then its consequences, as rules of their own. Raises RuleError.

    `service` is the one that it speaks of unless it says otherwise, if there is one. A case is called `<id>/<name>`,
    a consequence too, without a name `<id>/<number>` and `<id>/then-<number>`.
    """
    name = spec.get("id", "without an id") if isinstance(spec, dict) else repr(spec)
    return reading.placed(f"rule {name}", lambda value: _rules(value, service), spec)


def _rules(spec: Any, service: str) -> list[Rule]:
    parts = reading.section(spec, _RULE, _REQUIRED)
    if service:
        parts.setdefault("services", (service,))
    cases, consequences = parts.pop("cases", ()), parts.pop("then", ())
    heritage = {key: parts[key] for key in _INHERITED if key in parts}
    rules = [_made(parts)] if not cases else [_made({**parts, **case}, str(n)) for n, case in enumerate(cases, 1)]
    for number, parts_of in enumerate(consequences, 1):
        after = (parts["id"], *parts_of.get("after", ()))
        rules.append(_made({**heritage, **parts_of, "after": after}, f"then-{number}"))
    return rules


def _made(parts: Mapping[str, Any], usual: str = "") -> Rule:
    if lacking := [key for key in ("services", "instead") if key not in parts]:
        raise RuleError(f"{lacking[0]} is required")
    name = parts.get("name", usual)
    return Rule(
        f"{parts['id']}/{name}" if name else parts["id"],
        parts["services"],
        parts.get("endpoints", ()),
        parts.get("era", ""),
        tuple(parts[key] for key in ("when", "request") if key in parts),
        parts["instead"],
        parts["reason"],
        parts["contract"],
        parts.get("witness", ()),
        tuple(parts.get("after", ())),
        parts.get("paging", ""),
        parts.get("unrecorded", ""),
    )


_WHERE: dict[str, reading.Reader] = {
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
_PART: dict[str, reading.Reader] = {"name": reading.text, **_WHERE}
_RULE: dict[str, reading.Reader] = {
    "id": reading.text,
    **_WHERE,
    "cases": reading.items(lambda value: reading.section(value, _PART)),
    "then": reading.items(lambda value: reading.section(value, _PART, ["instead"])),
}
_REQUIRED = ("id", "reason", "contract")
_INHERITED = ("id", "services", "era", "paging", "reason", "contract")
