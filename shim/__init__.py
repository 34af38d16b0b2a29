"""The legacy REST API of SourceHut's services, answered from GraphQL."""

__version__ = "0.1.0"
