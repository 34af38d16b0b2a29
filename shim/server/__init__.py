"""Serving: gunicorn with workers that no slow client can hold, one gate for all, and no way to stop in a hurry."""
