"""The service hg.sr.ht."""

from __future__ import annotations

from shim.sandbox.services.hg.data import TABLES
from shim.sandbox.services.hg.mutations import Mutation
from shim.sandbox.services.repositories.service import RepositoryService


class HgService(RepositoryService):
    """hg.sr.ht over a data set. Both eras are alike but for resource ids (hg dossier, 4.1)."""

    slug = "hg"
    tables = TABLES
    mutation = Mutation()
