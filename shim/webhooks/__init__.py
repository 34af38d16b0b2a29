"""The bridge of webhooks: what the API tells natively goes out as the old services told it (conventions 8, 9).

The parts, from what all need to what uses it:

    signature   whose a body is
    addresses   which addresses a target may have
    connection  a connection to one of them, within a time
    outcome     what became of an attempt
    turns       how many run at once
    delivery    one attempt
    parcel      what is to be delivered, and who keeps what could not be
    recent      what a process knows of arrivals
    room        how much of that is remembered
    memory      what has arrived before, in all processes
    native      a delivery of the API's, and the parcels that come of it
    results     how requests are counted and refused
    receiver    what becomes of them
    route       `/webhooks/...`, where they arrive
    schedule    when what failed is tried again
    rows        steps of transactions over what waits
    outbox      parcels that wait, in the store
    lanes       who sends them, under leases
    worker      the threads that do
    reconcile   what never arrived of upstream's records
    checks      how far they were compared
    retention   what is let go of
"""

from shim.webhooks.delivery import Delivery, Post
from shim.webhooks.outcome import Outcome
from shim.webhooks.parcel import Outbox, Parcel, key_of
from shim.webhooks.receiver import Receiver
from shim.webhooks.results import Result
from shim.webhooks.route import blueprint

__all__ = ["Delivery", "Outbox", "Outcome", "Parcel", "Post", "Receiver", "Result", "blueprint", "key_of"]
