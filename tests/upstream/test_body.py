"""Bodies that are read as a whole: all of it or nothing."""

import pytest

from shim.upstream import Content, UpstreamError
from shim.upstream.body import BEGINNING
from shim.upstream.errors import Kind


def content(size, closed):
    """A body of so many bytes, in small pieces."""
    return Content(iter([b"x" * 100] * (size // 100)), None, lambda: closed.append(True))


@pytest.mark.parametrize("size", [0, 100, 3 * BEGINNING // 100 * 100])
def test_all_of_it_is_read_and_it_is_closed(size):
    closed = []
    assert content(size, closed).read(size, 10) == b"x" * size
    assert closed


@pytest.mark.parametrize(
    ("most", "seconds", "kind"), [(19_999, 10, Kind.FAULT), (20_000, -1, Kind.TIMEOUT)], ids=["large", "late"]
)
def test_beyond_its_bounds_nothing_is_told_and_it_is_closed(most, seconds, kind):
    closed = []
    with pytest.raises(UpstreamError) as caught:
        content(20_000, closed).read(most, seconds)
    assert (caught.value.kind, closed) == (kind, [True])
