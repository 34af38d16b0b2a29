"""Rules whose run is not among the recordings: what they say is answered, to an exchange as it was seen."""

from __future__ import annotations

from pathlib import Path

import pytest

from shim.compare.runner import run
from shim.compare.stand.opening import open_stand
from shim.compare.stand.settings import Settings
from tests.compare.kit import interaction, write_cassette

FIXTURES = Path(__file__).parents[3] / "fixtures"
E404 = '{"errors": [{"reason": "404 not found"}]}'


@pytest.mark.parametrize(
    ("path", "verdict"),
    [
        ("/api/~jdoe/repos//weather/refs", "deviating as declared"),
        ("/api//repos", "deviating as declared"),
        ("/api/repos//weather", "deviating as declared"),
        ("/api/~jdoe/repos/weather//refs", "deviating as declared"),
        ("/api/repos/weather//log", "deviating as declared"),
        ("/api/repos/files/tree/master//lib", "equal"),
        ("/api//nothing", "equal"),
    ],
)
def test_git_doubled_slashes_are_merged(tmp_path: Path, path: str, verdict: str) -> None:
    asked = {"Authorization": ["token {jdoe}"]}
    write_cassette(tmp_path, "git/rest/reads/x.yaml", [interaction(path, E404, status=404, asked=asked)])
    (tmp_path / "git/data/dataset.json").unlink()
    (tmp_path / "git/data").rmdir()
    (tmp_path / "git/data").symlink_to(FIXTURES / "git/data")
    settings = Settings(tmp_path, deviations=FIXTURES)
    (result,) = run(settings, open_stand, lambda told: None).cassettes
    assert result.verdict == verdict
