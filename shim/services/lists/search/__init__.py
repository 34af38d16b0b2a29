"""`search` of posts: `terms` reads what is looked for, `search` looks at all mails of a list for it."""
