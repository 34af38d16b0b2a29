"""How endpoints end: announced in headers and a calendar, tried out in brownouts, switched off, gone."""
