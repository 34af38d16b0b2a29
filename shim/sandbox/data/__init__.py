"""Rows: tables in memory, numbered as PostgreSQL does it."""
