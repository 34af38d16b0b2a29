"""What a configuration is: settings as a table, and the values they give (design D11, conventions 11).

`shim.config` reads them.
"""

from shim.settings.ini import ConfigError, read_ini, read_text
from shim.settings.rows import ERAS, INSTANCE, LIFECYCLE, PAGING, SERVICE, Setting
from shim.settings.values import Config, ServiceConfig, Value

__all__ = [
    "ERAS",
    "INSTANCE",
    "LIFECYCLE",
    "PAGING",
    "SERVICE",
    "Config",
    "ConfigError",
    "ServiceConfig",
    "Setting",
    "Value",
    "read_ini",
    "read_text",
]
