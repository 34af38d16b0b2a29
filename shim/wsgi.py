"""What a WSGI server imports: `shim.wsgi:app`, configured as `shim serve` would be."""

from __future__ import annotations

import atexit
import os

from shim.app import create_app
from shim.config import load
from shim.store.configured import configured

_config = load(None, os.environ)
app = create_app(_config, store=configured(_config))
atexit.register(app.close)
