"""The multipart form that takes files to the API, as Go reads it (conventions 10.2, paste 4.4)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from gql import FileVar
from requests_toolbelt import MultipartEncoder  # type: ignore[import-untyped]
from urllib3.fields import RequestField


class Form(MultipartEncoder):  # type: ignore[misc]
    """The parts in their order, sent as they are read: `operations`, `map`, then each file.

    A file without a name has no parameter for one.
    """

    def __init__(self, operations: str, places: str, files: Mapping[str, FileVar]) -> None:
        self._files = files
        super().__init__([("operations", operations), ("map", places)])

    def _iter_fields(self) -> Iterator[RequestField]:
        yield from super()._iter_fields()
        for name, file in self._files.items():
            part = _Part(name, file.f, file.filename or None)
            part.make_multipart(content_type=file.content_type)
            yield part


class _Part(RequestField):
    def _render_part(self, name: str, value: Any) -> str:
        """A parameter as Go's parser undoes it: what others write in percents would be taken for the name."""
        text = str(value).replace("\\", "\\\\").replace('"', '\\"')
        return f'{name}="{text}"'
