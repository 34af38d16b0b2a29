"""Where the files for operators lie, and the programs that check them."""

import os
import shutil
from pathlib import Path

from tests.absent import lacking

DEPLOY = Path(__file__).parents[2] / "deploy"


def program(name, package):
    """The path of a program of a Debian package: by a variable of its name in capitals, or on the PATH."""
    found = os.environ.get(name.upper().replace("-", "_")) or shutil.which(name)
    return found or lacking(f"there is no {name} (Debian: apt-get install {package})")
