"""The bridge of webhooks: what the API tells natively goes out as the old services told it (conventions 8, 9).

The parts, from what all need to what uses it:

    signature   whose a body is
    addresses   which addresses a target may have
    connection  a connection to one of them, within a time
    outcome     what became of an attempt
    delivery    one attempt
    parcel      what is to be delivered, and who keeps what could not be
    memory      what has arrived before
    receiver    `/webhooks/...`, where the API delivers
    schedule    when it is tried again
    rows        steps of transactions
    outbox      parcels kept in the store
    lanes       who sends them, under leases
    worker      the threads that do
    retention   what is let go of
"""
