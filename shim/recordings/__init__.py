"""What recordings hold, for all who replay them: answers, and the symbols in them (`fixtures/README.md`)."""
