"""What a recording may have switched on the servers: object storage, meta.sr.ht, jobs of those who do not pay."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass
from typing import Any

from shim.sandbox.instance.config import Instance

_STORAGE_ON = re.compile(r"artifacts-on|object storage on")
_META_DOWN = re.compile(r"meta[-_]down|meta\.sr\.ht cannot be reached")
_PAYMENT = re.compile(r"^payment\b|allow-free=no")
_SETTING = re.compile(r"s3-(upstream|insecure|bucket|prefix) ([^\s,]+)")


@dataclass(frozen=True)
class Storage:
    """The object storage of a service: the settings `s3-*` of its configuration."""

    upstream: str
    insecure: bool
    bucket: str
    prefix: str

    @classmethod
    def of(cls, instance: Instance, service: str = "git.sr.ht", **changed: str) -> Storage:
        """The storage as `instance` configures it for `service`, with the settings in `changed` instead."""
        sections = {"upstream": "objects", "insecure": "objects", "bucket": service, "prefix": service}
        settings = {name: instance.get(section, f"s3-{name}") for name, section in sections.items()}
        settings.update(changed)
        insecure = settings["insecure"] == "yes"
        return cls(settings["upstream"], insecure, settings["bucket"], settings["prefix"])

    def url(self, path: str) -> str:
        """The address of an object; `path` is not percent-encoded, as on the servers."""
        scheme = "http" if self.insecure else "https"
        return f"{scheme}://{self.upstream}/{self.bucket}/{self.prefix}/{path}"


@dataclass(frozen=True)
class Conditions:
    """The state of a server that is not in its data set.

    `lucky` is whether it survives what kills the real one now and then: it did where a recording has an answer;
    `allow_free`, whether builds.sr.ht takes jobs of those who do not pay; `revoked` are the hashes of bearer tokens
    that were taken back.
    """

    storage: Storage | None = None
    meta_reachable: bool = True
    lucky: bool = False
    allow_free: bool = True
    revoked: tuple[str, ...] = ()

    @classmethod
    def of(cls, name: str, note: str | None = None, instance: Instance | None = None) -> Conditions:
        """What the name of a recording's file and the note in it tell.

        A note reads like `object storage on: s3-upstream HOST, s3-insecure yes, s3-bucket B, s3-prefix P`,
        `meta.sr.ht cannot be reached` or `allow-free=no`; settings that it does not name come from `instance`.
        """
        told = f"{name} {note or ''}"
        storage = None
        if _STORAGE_ON.search(told):
            storage = Storage.of(instance or Instance(), **dict(_SETTING.findall(note or "")))
        return cls(storage, not _META_DOWN.search(told), allow_free=not _PAYMENT.search(told))

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> Conditions:
        """Read what `to_json` wrote; missing members mean the default. Raises TypeError for anything else."""
        storage = value.get("storage")
        reachable, free = (bool(value.get(name, True)) for name in ("meta_reachable", "allow_free"))
        lucky, revoked = bool(value.get("lucky")), tuple(map(str, value.get("revoked", ())))
        return cls(Storage(**storage) if storage else None, reachable, lucky, free, revoked)

    def to_json(self) -> dict[str, Any]:
        """The body of `POST /reset`."""
        return asdict(self)
