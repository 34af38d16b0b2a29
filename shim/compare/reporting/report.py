"""A comparison for readers: lines on a terminal, and JSON."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from rich.console import Console, RenderableType
from rich.table import Table
from rich.text import Text

from shim.compare.reporting.result import CassetteResult, Comparison, ExchangeResult, Outcome, Totals

LONGEST = 240
_STYLES = {"equal": "green", "deviating as declared": "yellow", "different": "bold red", "not run": "dim"}


def cassette_line(result: CassetteResult) -> Text:
    """One cassette: name, verdict, numbers."""
    totals = result.totals
    parts = {"exact": totals.exact, "declared": totals.declared, "different": totals.different}
    numbers = ", ".join(f"{number} {name}" for name, number in parts.items() if number)
    verdict = Text(f"{result.verdict:<22}", _STYLES[result.verdict])
    remark = " (derived)" if result.derived else ""
    return Text.assemble(f"{result.name:<52} ", verdict, result.skipped or numbers or "nothing in it", remark)


def details(comparison: Comparison) -> Iterable[RenderableType]:
    """What comes after the cassettes: differences, rules that nothing needed, totals."""
    for cassette, exchange in differing(comparison):
        yield _difference(cassette, exchange)
    for rule in comparison.unused:
        yield Text(f"deviations: no answer needs the rule {rule}", "bold red")
    if comparison.services:
        yield _table(comparison)
    yield Text(summary(comparison), "green" if comparison.passed else "bold red")


def differing(comparison: Comparison) -> list[tuple[CassetteResult, ExchangeResult]]:
    """The exchanges whose answers differ undeclared, each with its cassette."""
    return [
        (cassette, exchange)
        for cassette in comparison.cassettes
        for exchange in cassette.exchanges
        if exchange.outcome is Outcome.DIFFERENT
    ]


def summary(comparison: Comparison) -> str:
    """The outcome in one line."""
    totals = comparison.totals
    figures = (
        f"{totals.exchanges} exchanges: {totals.exact} exact ({totals.percent(totals.exact)}%), "
        f"{totals.declared} deviating as declared ({totals.percent(totals.declared)}%), "
        f"{totals.different} different"
    )
    derived = f"; {comparison.derived} derived from a contract, not recorded" if comparison.derived else ""
    unused = f"; rules without use: {', '.join(comparison.unused)}" if comparison.unused else ""
    return figures + derived + unused


def document(comparison: Comparison) -> dict[str, Any]:
    """The whole of it as JSON: figures, per service too, and every exchange that is not exact."""
    return {
        "root": comparison.root,
        "era": comparison.era,
        "passed": comparison.passed,
        "totals": _figures(comparison.totals),
        "derived": comparison.derived,
        "services": {name: _figures(totals) for name, totals in comparison.services.items()},
        "rules": comparison.rules,
        "unused_rules": list(comparison.unused),
        "cassettes": [_cassette(result) for result in comparison.cassettes],
    }


def shortened(text: str) -> str:
    """A text of at most LONGEST characters on one line."""
    line = text.encode("unicode_escape").decode() if not text.isprintable() else text
    return line if len(line) <= LONGEST else f"{line[:LONGEST]}… ({len(text)} characters)"


def _difference(cassette: CassetteResult, exchange: ExchangeResult) -> Text:
    found = exchange.judgement.difference
    lines = [(f"\n{cassette.name} #{exchange.index}  {exchange.method} {exchange.target}\n", "bold")]
    if exchange.judgement.rules:
        lines.append((f"  declared by {', '.join(exchange.judgement.rules)}, but\n", ""))
    if found:
        lines += [
            (f"  {found.where}\n", ""),
            (f"    expected  {shortened(found.expected)}\n", "green"),
            (f"    answered  {shortened(found.found)}\n", "red"),
        ]
    return Text.assemble(*lines, (f"  {exchange.command}", "dim"))


def _table(comparison: Comparison) -> Table:
    table = Table("service", title=f"\nera {comparison.era}", box=None, title_justify="left")
    for heading in ("exchanges", "exact", "declared", "different"):
        table.add_column(heading, justify="right")
    rows = {**comparison.services, "all": comparison.totals} if len(comparison.services) > 1 else comparison.services
    for name, totals in rows.items():
        shares = ((number, totals.percent(number)) for number in (totals.exact, totals.declared, totals.different))
        table.add_row(name, str(totals.exchanges), *(f"{number} {share:5.1f}%" for number, share in shares))
    return table


def _figures(totals: Totals) -> dict[str, Any]:
    return {"exchanges": totals.exchanges, **asdict(totals), "exact_percent": totals.percent(totals.exact)}


def _cassette(result: CassetteResult) -> dict[str, Any]:
    return {
        "name": result.name,
        "service": result.service,
        "kind": result.kind,
        "derived": result.derived,
        "verdict": result.verdict,
        "skipped": result.skipped or None,
        **asdict(result.totals),
        "exchanges": [_exchange(item) for item in result.exchanges if item.outcome is not Outcome.EXACT],
    }


def _exchange(result: ExchangeResult) -> dict[str, Any]:
    difference = result.judgement.difference
    return {
        "index": result.index,
        "method": result.method,
        "target": result.target,
        "outcome": result.outcome.value,
        "rules": list(result.judgement.rules),
        "difference": asdict(difference) if difference else None,
        "command": result.command or None,
    }


def print_all(console: Console, parts: Iterable[RenderableType]) -> None:
    """Print parts one below the other, long lines unbroken."""
    for part in parts:
        console.print(part, soft_wrap=True)
