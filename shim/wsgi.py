"""What a WSGI server imports: `shim.wsgi:app`, configured as `shim serve` would be."""

from __future__ import annotations

import os

from shim.app import create_app
from shim.config import load

app = create_app(load(None, os.environ))
