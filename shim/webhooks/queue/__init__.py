"""What waits: parcels that could not be delivered, until they are or are given up.

From what all need to what uses it:

    schedule    when they are tried again
    rows        steps of transactions over them
    outbox      parcels that wait, in the store
    lanes       who sends them, under leases
    worker      the threads that do
    overview    what operators see of them
    retention   what is let go of
"""
