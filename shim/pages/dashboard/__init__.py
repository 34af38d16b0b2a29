"""The operators' pages: who still calls what, and when that ends.

The parts:

    blueprint  the routes, behind the password
    figures    endpoints and services with their use and their end
    overview   /usage
    endpoints  /usage/endpoints, and a page for each
    callers    /usage/callers, and a page for each
    calendar   /usage/calendar
    parity     /usage/parity
"""

from shim.pages.dashboard import calendar, callers, endpoints, overview, parity
from shim.pages.dashboard.blueprint import dashboard

__all__ = ["calendar", "callers", "dashboard", "endpoints", "overview", "parity"]
