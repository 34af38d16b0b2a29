"""The shim in this process, configured for one cassette."""

from __future__ import annotations

import logging
import os
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import replace
from tempfile import TemporaryDirectory

from shim import logs
from shim.app import create_app
from shim.compare.cassettes.cassette import Cassette
from shim.compare.stand.instance import Instance
from shim.compare.stand.receivers import Receivers
from shim.compare.stand.settings import Settings
from shim.compare.stand.stage import StandError
from shim.compare.stand.standins import stand_ins
from shim.compare.stand.target import Target, WsgiTarget
from shim.config import parse
from shim.sandbox import Conditions, Storage
from shim.settings import ConfigError
from shim.store import Store, open_store


def open_app(
    cassette: Cassette,
    origins: Mapping[str, str],
    settings: Settings,
    instance: Instance,
    conditions: Conditions,
    exits: ExitStack | None = None,
) -> Target:
    """A fresh app; `origins` are the GraphQL servers' by service. Raises StandError for a configuration it refuses.

    It has the cassette's service alone: building all of them anew takes longer than most cassettes. Given what ends
    it, an app whose webhooks are told of has a store, so that it remembers what it has sent again.
    """
    logs.configure(logging.ERROR)
    own = stand_ins(cassette.service, settings, instance.keys(cassette.service))
    text = instance.text({**_changes(cassette, origins, settings, conditions), **own})
    try:
        config = parse(text, str(settings.upstream or "the sandbox's configuration"))
        alone = {name: service for name, service in config.services.items() if name == cassette.service}
        store = _store(exits) if exits and cassette.kind == "webhooks" else None
        app = create_app(replace(config, services=alone), store=store, post=Receivers(cassette).post)
    except ConfigError as error:
        raise StandError(str(error)) from error
    if exits:
        exits.callback(app.close)
    return WsgiTarget(app)


def _store(exits: ExitStack) -> Store:
    """A store of its own, which is gone afterwards."""
    folder = exits.enter_context(TemporaryDirectory(prefix=f"shim-compare-{os.getpid()}-"))
    store = open_store(f"sqlite:///{folder}/shim.sqlite3")
    exits.callback(store.close)
    return store


def _changes(
    cassette: Cassette, origins: Mapping[str, str], settings: Settings, conditions: Conditions
) -> dict[tuple[str, str], str]:
    """What the app of a cassette needs beside the instance's own settings.

    The service answers at the recorded host, and tells of the recorded object storage or of none; internal
    authorizations come from this machine, where the recorded requests say for whom they came.
    """
    return {
        **_storage(cassette.service, conditions.storage),
        **{(f"{service}.sr.ht", "api-internal-origin"): address for service, address in origins.items()},
        (f"{cassette.service}.sr.ht", "origin"): cassette.origin,
        ("shim", "internal-ipnet"): "127.0.0.0/8",
        ("shim", "trusted-proxies"): "127.0.0.0/8, 10.0.0.0/8",
        ("shim", "webhook-origin"): cassette.origin,
        ("shim", "webhook-signing-key"): "instance",
        ("shim", "era"): settings.era,
        ("shim", "paging"): settings.paging,
    }


def _storage(service: str, storage: Storage | None) -> dict[tuple[str, str], str]:
    if storage is None:
        return {("objects", "s3-upstream"): ""}
    return {
        ("objects", "s3-upstream"): storage.upstream,
        ("objects", "s3-insecure"): "yes" if storage.insecure else "no",
        (f"{service}.sr.ht", "s3-bucket"): storage.bucket,
        (f"{service}.sr.ht", "s3-prefix"): storage.prefix,
    }
