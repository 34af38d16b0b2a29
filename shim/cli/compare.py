"""`shim compare`: replay recorded REST exchanges and say what differs."""

from __future__ import annotations

import json
import sys
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from shim.cli.common import BadInput
from shim.compare.cassettes.finding import KINDS, CassetteError, locate
from shim.compare.reporting import page, report
from shim.compare.reporting.result import CassetteResult, Comparison
from shim.compare.rules.deviations import DeviationsError
from shim.compare.runner import run
from shim.compare.stand.opening import open_stand
from shim.compare.stand.settings import InputError, Settings
from shim.compare.stand.stage import StandError
from shim.settings import ERAS, PAGING

_EXAMPLES = """
\b
Examples:
  shim compare fixtures                            everything, against the sandbox
  shim compare fixtures --service git --era 2026   one service, newer GraphQL servers
  shim compare fixtures --only reads --jobs 2      two processes
  shim compare fixtures --paging walk              as if the network key were not known
  shim compare fixtures/git/rest/reads/log.yaml    one cassette
  shim compare fixtures --report compare.html      a page to pass on
\b
  shim compare fixtures --url http://127.0.0.1:8080
      a running shim, asked with the recorded Host; reads only
  shim compare fixtures --url 'http://127.0.0.1:8080/{service}'
      the same in path mode
  shim compare fixtures --upstream /etc/sr.ht/config.ini --reset-command ./reset-database
      the GraphQL servers of an instance; the command restores the data set before each cassette and finds
      the cassette's name and note in SHIM_CASSETTE and SHIM_NOTE

\b
Exit status:
  0  nothing differs but what the rules declare
  1  something does, or a rule is not needed
  2  bad input or usage
"""


@click.command(epilog=_EXAMPLES)
@click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path), metavar="ROOT|PATH...")
@click.option("--service", "services", multiple=True, metavar="NAME", help="Only this service (repeatable).")
@click.option("--era", type=click.Choice(ERAS), default="2024", show_default=True, help="Era of the GraphQL servers.")
@click.option(
    "--paging", type=click.Choice(PAGING), default="auto", show_default=True, help="walk: as without a network key."
)
@click.option("--only", "only", type=click.Choice(KINDS), multiple=True, help="Only this kind (repeatable).")
@click.option("--url", default="", metavar="URL", help="A running shim instead of one in this process.")
@click.option("--writes", is_flag=True, help="With --url or --upstream: let the recordings change its data.")
@click.option(
    "--upstream",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="CONFIG.INI",
    help="An instance whose GraphQL servers are asked instead of the sandbox; its keys make the credentials, which "
    "are shown as symbols only.",
)
@click.option("--reset-command", default="", metavar="CMD", help="Restores that instance's data set.")
@click.option(
    "--deviations",
    type=click.Path(exists=True, path_type=Path),
    metavar="FILE|ROOT",
    help="Rules of declared deviations: a file, or all those of a fixtures root (default: ROOT's, else the project's).",
)
@click.option("--jobs", type=click.IntRange(1), default=1, show_default=True, help="Processes side by side.")
@click.option("--report", "html", type=click.Path(dir_okay=False, path_type=Path), help="Write an HTML page.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON; one line of summary goes to standard error.")
def command(paths: tuple[Path, ...], html: Path | None, as_json: bool, **options: Any) -> None:
    """Replay recorded REST exchanges and compare status, headers and body byte for byte.

    ROOT is a fixtures root: recordings in <service>/rest/<kind>/*.yaml beside their data set in <service>/data. The
    shim runs in this process before the sandbox's GraphQL servers, which are reset before each cassette; requests
    carry real credentials of the data set's users. Paths of single cassettes run just those.
    """
    try:
        comparison = _compare(_settings(paths, **options), quiet=as_json)
    except (InputError, CassetteError, DeviationsError, StandError) as error:
        raise BadInput(str(error)) from None
    if html:
        _write(html, comparison)
    if as_json:
        click.echo(json.dumps(report.document(comparison), indent=2))
        click.echo(report.summary(comparison), err=True)
    else:
        report.print_all(_console(), report.details(comparison))
    sys.exit(0 if comparison.passed else 1)


def _settings(
    paths: tuple[Path, ...],
    *,
    only: tuple[str, ...],
    url: str,
    upstream: Path | None,
    reset_command: str,
    writes: bool,
    jobs: int,
    **others: Any,
) -> Settings:
    """What the options mean together: another's data is only written to when that was said."""
    remote = bool(url or upstream)
    if (writes or reset_command) and not remote:
        raise click.UsageError("--writes and --reset-command need --url or --upstream")
    if jobs > 1 and remote:
        raise click.UsageError("--jobs needs the sandbox: several processes would share one data set")
    allowed = KINDS if not remote or writes or (reset_command and not url) else KINDS[:1]
    if not set(only) <= set(allowed):
        raise click.UsageError(f"--only {only[0]} changes data: say --writes")
    root, cassettes = locate(paths)
    return Settings(
        root,
        kinds=only or allowed,
        cassettes=cassettes,
        url=url,
        upstream=upstream,
        reset_command=reset_command,
        jobs=jobs,
        **others,
    )


def _compare(settings: Settings, *, quiet: bool) -> Comparison:
    """Run it, with a line for each cassette and, on a terminal, a bar."""
    output = _console()
    shown = _console(stderr=True) if quiet or not output.is_terminal else output
    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=shown,
        transient=True,
        redirect_stdout=False,
    )
    with bar if shown.is_terminal else nullcontext():
        task = bar.add_task("cassettes", total=len(settings.paths))

        def notice(result: CassetteResult) -> None:
            if not quiet:
                output.print(report.cassette_line(result), soft_wrap=True)
            bar.advance(task)

        return run(settings, open_stand, notice)


def _console(*, stderr: bool = False) -> Console:
    return Console(stderr=stderr, highlight=False, markup=False, emoji=False)


def _write(path: Path, comparison: Comparison) -> None:
    try:
        path.write_text(page.render(comparison), "utf-8")
    except OSError as error:
        raise BadInput(f"{path}: {error.strerror}") from None
