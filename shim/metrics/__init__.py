"""What an operator's Prometheus reads: how many calls, how long they took, what failed, and what ends when.

No label holds anything of a caller: services, declared endpoints, operations and a few fixed words are all there is.
"""

from shim.metrics.meter import Meter
from shim.metrics.page import blueprint
from shim.metrics.processes import Places, join

__all__ = ["Meter", "Places", "blueprint", "join"]
