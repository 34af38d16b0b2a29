"""What replaces an old call: documents, variables, command lines and where each old field comes from.

All of it is derived from the declarations of endpoints, the documents of operations and the fields of resources:

    selection   places in a document, by its response keys
    fields      the old fields of an endpoint, each with the GraphQL fields that it comes from
    examples    variables: their types, what they stand for, examples of their values
    documents   the operations of an endpoint as texts
    lines       command lines for curl and hut
    entry       all that is to be told of an endpoint
    explain     what was sent in place of one call
    finding     endpoints by their names and by paths
"""
