"""Where things are below a fixtures root: cassettes, the rules beside them, what paths of a command line speak of."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

KINDS = ("reads", "writes", "webhooks")
DEVIATIONS = "deviations.yaml"


class CassetteError(ValueError):
    """A file that is no cassette of the recorded form."""


def find(root: Path) -> list[Path]:
    """The cassettes below a fixtures root, in order."""
    return sorted(path for path in root.glob("*/rest/*/*.yaml") if path.parts[-2] in KINDS)


def rule_files(root: Path) -> list[Path]:
    """The files of rules: what services have in common, then each service's own."""
    return [path for path in (root / DEVIATIONS, *sorted(root.glob(f"*/{DEVIATIONS}"))) if path.is_file()]


def service_of(rules: Path) -> str:
    """The service in whose folder a file of rules stands; nothing for one that stands elsewhere."""
    return rules.absolute().parent.name if (rules.parent / "rest").is_dir() else ""


def locate(paths: Sequence[Path]) -> tuple[Path, tuple[Path, ...]]:
    """The fixtures root that paths speak of, and the single cassettes among them (none: all of the root).

    A path is a root, a cassette, or a folder of cassettes. Raises CassetteError.
    """
    roots, named = set(), []
    for path in (path.absolute() for path in paths):
        root = _root_above(path)
        roots.add(root or path)
        if root:
            named += [path] if path.is_file() else sorted(path.rglob("*.yaml"))
    if len(roots) != 1 or any(root.is_file() for root in roots):
        raise CassetteError(f"{', '.join(map(str, paths))}: give one fixtures root, or cassettes of one")
    return roots.pop(), tuple(named)


def _root_above(path: Path) -> Path | None:
    """The root of a path inside `<root>/<service>/rest`, None for a path outside."""
    for index, part in reversed(list(enumerate(path.parts))):
        if part == "rest" and path.parts[index + 1 : index + 2] in ((), *((kind,) for kind in KINDS)):
            return Path(*path.parts[: index - 1])
    return None
