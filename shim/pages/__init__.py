"""The shim's own pages: the dashboard at `/usage`, guides at `/migrate/`, `/sunset.ics`, a caller's own usage.

The parts, from what all pages share to the pages:

    site       what there is to tell of: configuration, services, store
    headers    what every answer says: no scripts, nothing from elsewhere, no frames
    failures   errors as pages, and as JSON where that was asked for
    access     the dashboard's password
    period     the time that a page tells of
    formats    a page as HTML, CSV or JSON, its rows cut into pages
    charts     bars over time as SVG
    words      how times and names are written
    dashboard  /usage and below
    migrate    /migrate/ and below
    calendar   /sunset.ics
    own        /api/shim/usage
"""

from shim.pages.building import build
from shim.pages.site import Site

__all__ = ["Site", "build"]
