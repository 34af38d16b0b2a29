"""The webhooks of hg.sr.ht: git's, with the repository as its REST API told of it (hg 6)."""

from __future__ import annotations

from dataclasses import replace

from shim.services.events import python
from shim.services.git.payloads import repository_events
from shim.services.git.payloads import user_events as of_git
from shim.services.git.resources import Repository

user_events = replace(of_git, events=repository_events(python, Repository().dump))
