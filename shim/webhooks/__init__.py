"""The bridge of webhooks: what the API tells natively goes out as the old services told it (conventions 8, 9).

The rooms, from what all need to what uses it; their docstrings tell the parts:

    sending      one attempt to deliver
    queue        what could not be delivered, and is tried again
    receiving    what the API delivers, at `/webhooks/...`
    reconciling  what never arrived of upstream's records

Beside them: `bridge`, what the services have of it all, and `assembly`, which puts it together.
"""

from shim.webhooks.receiving.receiver import Receiver
from shim.webhooks.receiving.results import Result
from shim.webhooks.receiving.route import blueprint
from shim.webhooks.sending.delivery import Delivery, Post
from shim.webhooks.sending.outcome import Outcome
from shim.webhooks.sending.parcel import Outbox, Parcel, key_of

__all__ = ["Delivery", "Outbox", "Outcome", "Parcel", "Post", "Receiver", "Result", "blueprint", "key_of"]
