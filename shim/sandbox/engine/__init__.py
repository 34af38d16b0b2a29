"""GraphQL as the real servers execute it: gqlgen and gqlparser, Go's JSON, times and addresses, and their HTTP."""
