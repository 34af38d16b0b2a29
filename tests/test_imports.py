"""Dependencies point one way (design 1): a request goes front, services, then rest and upstream; nothing returns."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1] / "shim"
LEAVES = {"crypto", "keys", "lifecycle", "parsers", "settings", "tracebacks"}
ALLOWED = {
    "crypto": set(),
    "keys": set(),
    "lifecycle": set(),
    "settings": {"lifecycle", "parsers"},
    "logs": set(),
    "parsers": set(),
    "tracebacks": set(),
    "rest": LEAVES,
    "upstream": LEAVES,
    "store": LEAVES,
    "services": LEAVES | {"rest", "upstream"},
    "usage": LEAVES | {"rest", "services", "store"},
    "config": LEAVES | {"services"},
    "metrics": LEAVES | {"rest", "services"},
    "guide": LEAVES | {"rest", "services", "upstream"},
    "front": LEAVES | {"rest"},
    "sunset": LEAVES | {"guide", "rest", "services", "store", "usage"},
    "pages": LEAVES | {"guide", "rest", "services", "store", "sunset", "usage"},
    "webhooks": LEAVES | {"rest", "services", "store", "upstream"},
    "app": LEAVES
    | {"front", "guide", "logs", "metrics", "pages", "services", "store", "sunset", "upstream", "usage", "webhooks"},
    "server": LEAVES | {"app", "logs", "metrics", "store", "upstream"},
    "wsgi": {"app", "config", "store"},
    "__main__": {"cli"},
    "recordings": set(),
    "sandbox": LEAVES | {"recordings"},
    "compare": LEAVES | {"recordings", "sandbox", "app", "config", "logs", "store", "webhooks"},
    "cli": LEAVES
    | {
        "app",
        "compare",
        "config",
        "guide",
        "logs",
        "rest",
        "sandbox",
        "server",
        "services",
        "store",
        "sunset",
        "upstream",
        "usage",
        "webhooks",
    },
}
INSIDE = {
    "compare": {
        "cassettes": set(),
        "judging": {"cassettes"},
        "stand": {"cassettes", "judging"},
        "rules": {"cassettes", "judging"},
        "reporting": {"cassettes", "judging", "stand"},
        "replay": {"cassettes", "judging", "stand", "rules", "reporting"},
        "runner": {"cassettes", "stand", "rules", "reporting", "replay"},
        "__init__": set(),
    },
    "sandbox": {
        "engine": set(),
        "data": {"engine"},
        "instance": {"engine", "data"},
        "webhooks": {"engine", "data", "instance"},
        "services": {"engine", "data", "instance", "webhooks"},
        "server": {"engine", "instance", "webhooks", "services"},
        "check": {"engine", "instance", "webhooks", "services", "server"},
        "clients": {"instance"},
        "__init__": {"instance", "server"},
    },
    "services.lists": {
        "access": set(),
        "resources": set(),
        "tools": set(),
        "asking": set(),
        "mails": {"asking", "resources"},
        "search": {"access", "asking", "mails", "resources"},
        "lists": {"access", "asking", "resources"},
        "emails": {"access", "asking", "mails", "resources"},
        "posts": {"access", "asking", "mails", "resources", "search"},
        "patchsets": {"access", "asking", "mails", "resources", "tools"},
        "subscriptions": {"access", "asking", "resources"},
        "payloads": {"mails", "resources"},
        "webhooks": {"access", "payloads", "subscriptions"},
        "__init__": {"emails", "lists", "patchsets", "payloads", "posts", "subscriptions", "webhooks"},
    },
    "webhooks": {
        "sending": set(),
        "queue": {"sending"},
        "receiving": {"sending"},
        "reconciling": {"sending", "queue", "receiving"},
        "bridge": {"sending", "queue", "reconciling"},
        "assembly": {"sending", "queue", "receiving", "reconciling", "bridge"},
        "__init__": {"sending", "receiving"},
    },
}
"""Below a room: which of the rooms inside it (and modules beside those) may import from which."""
FILES = sorted(ROOT.rglob("*.py"))


def room(path):
    return path.relative_to(ROOT).parts[0].removesuffix(".py")


def imported(path):
    """The shim modules that a file imports, as dotted names below `shim`."""
    for node in ast.walk(ast.parse(path.read_text())):
        names = []
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == "shim":
            names = [node.module] if node.module != "shim" else [f"shim.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names if alias.name.startswith("shim.")]
        yield from (name.removeprefix("shim.") for name in names if name.startswith("shim."))


ROOMED = [path for path in FILES if room(path) != "__init__"]


@pytest.mark.parametrize("path", ROOMED, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_file_imports_only_what_its_room_may(path):
    wrong = {name for name in imported(path) if name.split(".")[0] not in ALLOWED[room(path)] | {room(path)}}
    assert wrong - {"__version__"} == set()


def test_the_page_on_architecture_tells_the_rooms_and_their_arrows():
    text = (ROOT.parent / "docs" / "architecture.md").read_text().partition("## Rooms")[2].partition("## Where")[0]
    rows = [[re.findall(r"`(\w+)`", cell) for cell in line.split("|")[1:4]] for line in text.splitlines()]
    told = {name: set(row[2]) for row in rows if len(row) == 3 for name in row[0]}
    assert told == {name: rooms - LEAVES - {"logs"} for name, rooms in ALLOWED.items() if name != "__main__"}


def test_the_files_on_the_way_of_a_request_are_there():
    text = (ROOT.parent / "docs" / "architecture.md").read_text().partition("## Rooms")[0]
    for line in text.splitlines():
        cell = line.split("|")[1] if line.startswith("| `") else ""
        folder = ""
        for name in re.findall(r"`([\w/.]+)`", cell):
            folder = name.rpartition("/")[0] or folder
            assert (ROOT / folder / name.rpartition("/")[2]).exists(), name


def test_services_do_not_import_each_other_but_hg_reuses_git():
    for path in FILES:
        parts = path.relative_to(ROOT).parts
        if parts[0] != "services" or len(parts) < 3:
            continue
        others = {
            n.split(".")[1]
            for n in imported(path)
            if n.startswith("services.") and (ROOT / "services" / n.split(".")[1]).is_dir()
        }
        assert others - {parts[1]} <= ({"git"} if parts[1] == "hg" else set()), path


def test_services_of_the_sandbox_do_not_import_each_other_but_share_repositories():
    for path in ROOT.glob("sandbox/services/*/**/*.py"):
        own = path.relative_to(ROOT).parts[2]
        names = [name.split(".") for name in imported(path) if name.startswith("sandbox.services.")]
        others = {name[2] for name in names if (ROOT / "sandbox" / "services" / name[2]).is_dir()}
        assert others <= {own, "repositories"}, path


def module(path):
    """The dotted name of a file below `shim`; that of a package for its `__init__`."""
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def uses():
    """The modules that each imports, for typing as well: a name from a package is its module, else the package."""
    known = {module(path): path for path in FILES}
    for name, path in known.items():
        found = set()
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import | ast.ImportFrom):
                package = f"{node.module}." if isinstance(node, ast.ImportFrom) else ""
                found |= {f"{package}{alias.name}".removeprefix("shim.") for alias in node.names}
        modules = {one if one in known else one.rpartition(".")[0] for one in found}
        yield name, (modules & known.keys()) - {name}


def inside(outer, name):
    """The room inside another that a module belongs to."""
    return name.removeprefix(outer).lstrip(".").partition(".")[0] or "__init__"


def test_no_modules_import_each_other_in_a_circle():
    left = dict(uses())
    while free := {name for name, used in left.items() if not used & left.keys()}:
        left = {name: used for name, used in left.items() if name not in free}
    assert left == {}


@pytest.mark.parametrize("outer", INSIDE)
def test_the_rooms_inside_a_room_import_one_way(outer):
    found = {}
    for name, used in uses():
        if name == outer or name.startswith(f"{outer}."):
            others = {inside(outer, one) for one in used if one == outer or one.startswith(f"{outer}.")}
            found.setdefault(inside(outer, name), set()).update(others)
    wrong = {own: others - INSIDE[outer][own] - {own} for own, others in found.items()}
    assert {own: others for own, others in wrong.items() if others} == {}
    assert found.keys() == INSIDE[outer].keys()


def test_only_the_clis_commands_and_wsgi_make_an_app():
    makers = {room(path) for path in FILES if "app" in set(imported(path))}
    assert makers <= {"cli", "wsgi", "compare", "server"}


def test_no_two_files_of_the_comparison_need_each_other():
    files = {path: ".".join(path.relative_to(ROOT).with_suffix("").parts) for path in (ROOT / "compare").rglob("*.py")}
    needs = {name: set(imported(path)) & set(files.values()) for path, name in files.items()}
    while leaves := {name for name, others in needs.items() if not others}:
        needs = {name: others - leaves for name, others in needs.items() if name not in leaves}
    assert needs == {}
