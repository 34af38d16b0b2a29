"""Times as Go reads them."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from shim.sandbox.engine import gotime
from shim.sandbox.engine.errors import FieldError
from shim.sandbox.engine.gojson import Number

EAST = timezone(timedelta(hours=5, minutes=30))
LAYOUT = "2006-01-02T15:04:05.999999999Z07:00"


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("2024-02-29T01:02:03Z", datetime(2024, 2, 29, 1, 2, 3, tzinfo=timezone.utc)),
        ("2024-01-02T3:04:05Z", datetime(2024, 1, 2, 3, 4, 5, tzinfo=timezone.utc)),
        ("0001-01-01T00:00:00Z", datetime(1, 1, 1, tzinfo=timezone.utc)),
        ("2024-01-02T03:04:05.1234567Z", datetime(2024, 1, 2, 3, 4, 5, 123456, timezone.utc)),
        ("2024-01-02T03:04:05,5Z", datetime(2024, 1, 2, 3, 4, 5, 500000, timezone.utc)),
        ("2024-01-02T03:04:05+05:30", datetime(2024, 1, 2, 3, 4, 5, tzinfo=EAST)),
    ],
)
def test_times(text: str, time: datetime) -> None:
    read = gotime.unmarshal(text)
    assert (read, read.utcoffset()) == (time, time.utcoffset())


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (None, "time should be RFC3339 formatted string"),
        (Number("5"), "time should be RFC3339 formatted string"),
        ("", f'parsing time "" as "{LAYOUT}": cannot parse "" as "2006"'),
        ("2024-01-02", f'parsing time "2024-01-02" as "{LAYOUT}": cannot parse "" as "T"'),
        (
            "2024-01-02T03:04:05",
            f'parsing time "2024-01-02T03:04:05" as "{LAYOUT}": cannot parse "" as "Z07:00"',
        ),
        ('say "now"', f'parsing time "say \\"now\\"" as "{LAYOUT}": cannot parse "say \\"now\\"" as "2006"'),
        ("2024-01-02T03:04:05Zx", 'parsing time "2024-01-02T03:04:05Zx": extra text: "x"'),
        ("2024-13-02T03:04:05Z", 'parsing time "2024-13-02T03:04:05Z": month out of range'),
        ("2023-02-29T03:04:05Z", 'parsing time "2023-02-29T03:04:05Z": day out of range'),
        ("2024-01-02T24:04:05Z", 'parsing time "2024-01-02T24:04:05Z": hour out of range'),
        (
            "2024-01-02T03:04:05+24:00",
            'parsing time "2024-01-02T03:04:05+24:00": time zone offset out of range',
        ),
    ],
)
def test_faults(value: Any, message: str) -> None:
    with pytest.raises(FieldError) as caught:
        gotime.unmarshal(value)
    assert caught.value.message == message
