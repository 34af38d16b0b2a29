"""Answers about mails that answer each other, of which one can't be read (lists 4.4)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from graphql import GraphQLError

from bench import mails
from bench.made import Run
from bench.things import Thing

DEADLY = "the thread of an unreadable mail"
PANIC = "internal system error"


class ThreadedRun(Run):
    """One execution over the mails of the module `mails`."""

    def _list(self, thing: Thing, name: str, kind: Any, arguments: Mapping[str, Any]) -> Any:
        if name == "header":
            return mails.header_of(thing.number, arguments["want"])
        return super()._list(thing, name, kind, arguments)

    def _object(self, thing: Thing, name: str, kind: str, arguments: Mapping[str, Any]) -> Thing | None:
        if thing.type == "Email":
            return self._of_mail(thing, name, kind, arguments)
        if thing.type == "Thread" and name == "descendants":
            thing = Thing(thing.type, thing.number, {**thing.known, "root": thing.number})
        found = super()._object(thing, name, kind, arguments)
        if found is not None and name == "threads" and mails.UNREADABLE in found.known["numbers"]:
            raise GraphQLError(PANIC)
        return found

    def _of_mail(self, mail: Thing, name: str, kind: str, arguments: Mapping[str, Any]) -> Thing | None:
        if name == "parent":
            parent = mails.parent_of(mail.number)
            return None if parent is None else Thing("Email", parent, mail.known)
        if name == "patchset":
            return Thing("Patchset", mail.number, mail.known)
        if name == "thread":
            root = mails.root_of(mail.number)
            if root == mails.UNREADABLE:
                self._outcome.deadly = DEADLY
            return Thing("Thread", root, mail.known)
        if name == "list":
            mail = Thing(mail.type, mail.number, {"name": f"l{mail.number}", **mail.known})
        return super()._object(mail, name, kind, arguments)

    def _numbers(self, kind: str, known: Mapping[str, Any]) -> Sequence[int]:
        if kind not in ("Email", "Thread"):
            return super()._numbers(kind, known)
        if "root" in known:
            return mails.answers_to(known["root"])
        numbers = (n for n in super()._numbers(kind, known) if kind == "Email" or mails.parent_of(n) is None)
        has_all = mails.is_unreadable_in(str(known.get("name", "")))
        return [n for n in numbers if has_all or n != mails.UNREADABLE]

    def _leaf(self, thing: Thing, name: str, kind: str) -> Any:
        if thing.type == "Thread" and name == "replies":
            return len(mails.answers_to(thing.number))
        return super()._leaf(thing, name, kind)
