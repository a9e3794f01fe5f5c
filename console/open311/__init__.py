"""Open311 GeoReport v2: cases for other systems, by its own table of routes with a rule each.

Specification: http://wiki.open311.org/GeoReport_v2. `formats` writes XML and JSON, `asked` reads
requests, `pages` answers them, `guard` keeps the door.
"""
