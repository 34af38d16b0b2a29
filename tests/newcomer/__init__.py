"""A made-up service that lies outside the project."""
