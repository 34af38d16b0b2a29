"""What a rule may ask of a recorded exchange: who calls, in which conditions, what was asked and answered."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Set
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, unquote

from shim.compare.cassettes.exchange import Caller, Exchange
from shim.compare.judging.difference import body_of
from shim.compare.judging.jsontext import Array, Object, Predicate, Scalar, Steps, path_pattern
from shim.compare.rules import reading
from shim.compare.rules.changes import meets
from shim.compare.rules.reading import MISSING, RuleError
from shim.recordings.answer import Answer

_REASONS = path_pattern("errors[*].reason")


@dataclass(frozen=True)
class Situation:
    """What surrounds an exchange: service, era of the GraphQL servers, caller, and the servers' conditions.

    `paging` is `walk` where the network key is not used, else `sealed`.
    `conditions` names what is switched: `meta-down`, `object-storage`, `payment`. `owner_email` is the instance's;
    `happened` the rules that have applied to earlier exchanges of the same cassette.
    """

    service: str
    era: str
    caller: Caller
    conditions: frozenset[str] = frozenset()
    owner_email: str = ""
    happened: Set[str] = frozenset()
    paging: str = "sealed"

    @property
    def facts(self) -> dict[str, str]:
        """What texts of a rule may speak of: `{caller}`, `{notice}` and `{owner-email}`."""
        return {"caller": self.caller.name, "notice": self.caller.notice, "owner-email": self.owner_email}


Check = Callable[[Exchange, Situation], bool]


def when(spec: Any) -> Check:
    """Read `when`, conditions on the recorded answer. Raises RuleError."""
    checks = reading.section(spec, _ANSWER)
    if not checks:
        raise RuleError("should name something")
    return lambda exchange, situation: all(check(exchange.recorded) for check in checks.values())


def request(spec: Any) -> Check:
    """Read `request`, conditions on the recorded (symbolic) request and its situation. Raises RuleError."""
    checks = reading.section(spec, _REQUEST)
    if not checks:
        raise RuleError("should name something")
    return lambda exchange, situation: all(check(exchange, situation) for check in checks.values())


def _on_answer(read: Callable[[Any], Predicate], value: Callable[[Answer], Any]) -> reading.Reader:
    def reader(spec: Any) -> Callable[[Answer], bool]:
        check = read(spec)
        return lambda answer: check(value(answer))

    return reader


def _on_request(value: Callable[[Exchange, Situation], Any]) -> reading.Reader:
    def reader(spec: Any) -> Check:
        check = reading.predicate(spec)
        return lambda exchange, situation: check(value(exchange, situation))

    return reader


def _text(answer: Answer) -> str:
    """The body; bytes that are no UTF-8 stand for the characters of their numbers."""
    return answer.body.decode("latin-1") if answer.text is None else answer.text


def _each(spec: Any) -> Callable[[Mapping[str, Any]], bool]:
    """Conditions on several named values, of which any may be missing."""
    checks: dict[str, Predicate] = reading.mapping(reading.text, reading.predicate)(spec)
    return lambda values: all(check(values.get(name, MISSING)) for name, check in checks.items())


def _json(spec: Any) -> Callable[[Answer], bool]:
    where: dict[Steps, Predicate] = reading.predicates(spec)
    return lambda answer: _meets(answer, where)


def _reason(spec: Any) -> Callable[[Answer], bool]:
    where = {_REASONS: reading.predicate(spec)}
    return lambda answer: _meets(answer, where)


def _meets(answer: Answer, where: Mapping[Steps, Predicate]) -> bool:
    body = body_of(answer)
    return isinstance(body, Scalar | Array | Object) and meets(body, where)


def _sent(spec: Any) -> Check:
    """Conditions on a JSON body that was sent."""
    where: dict[Steps, Predicate] = reading.predicates(spec)

    def check(exchange: Exchange, situation: Situation) -> bool:
        sent = Answer(0, {"content-type": "application/json"}, exchange.request.body or b"")
        return _meets(sent, where)

    return check


def _query(spec: Any) -> Check:
    check = _each(spec)

    def first(exchange: Exchange, situation: Situation) -> bool:
        values = parse_qs(exchange.request.parts.query, keep_blank_values=True)
        return check({name: given[0] for name, given in values.items()})

    return first


def _headers(spec: Any) -> Check:
    check = _each(spec)
    return lambda exchange, situation: check(dict(exchange.request.headers))


def _condition(spec: Any) -> Check:
    """A condition by its name, or `{not: <name>}`."""
    if isinstance(spec, dict):
        name = reading.section(spec, {"not": reading.text}, required=["not"])["not"]
        return lambda exchange, situation: name not in situation.conditions
    name = reading.text(spec)
    return lambda exchange, situation: name in situation.conditions


_ANSWER: dict[str, reading.Reader] = {
    "status": _on_answer(reading.predicate, lambda answer: answer.status),
    "content_type": _on_answer(reading.predicate, lambda answer: answer.content_type),
    "body": _on_answer(reading.predicate, _text),
    "headers": _on_answer(_each, lambda answer: {name.title(): text for name, text in answer.headers.items()}),
    "json": _json,
    "reason": _reason,
}
_REQUEST: dict[str, reading.Reader] = {
    "authorization": _on_request(lambda exchange, _: exchange.request.header("Authorization") or MISSING),
    "body": _on_request(lambda exchange, _: (exchange.request.body or b"").decode("utf-8", "replace")),
    "caller": _on_request(lambda _, situation: situation.caller.standing),
    "condition": _condition,
    "headers": _headers,
    "json": _sent,
    "path": _on_request(lambda exchange, _: unquote(exchange.request.parts.path)),
    "query": _query,
}
