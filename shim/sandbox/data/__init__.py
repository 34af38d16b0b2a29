"""Rows: tables in memory, numbered as PostgreSQL does it, and how they are made of data sets."""
