"""Names of repositories and trackers: what every service demands of them (git dossier, 7; todo dossier, 2.4)."""

from __future__ import annotations

import re

NAME = re.compile(r"[A-Za-z0-9._-]+")
PATTERN = f"^{NAME.pattern}$"
RESERVED = {
    ".": "must not be . or ..",
    "..": "must not be . or ..",
    ".git": "must not be .git or .hg",
    ".hg": "must not be .git or .hg",
}
