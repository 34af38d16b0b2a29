"""To targets: one attempt to deliver, and what is needed for it.

From what all need to what uses it:

    signature   whose a body is
    addresses   which addresses a target may have
    connection  a connection to one of them, within a time
    outcome     what became of an attempt
    turns       how many run at once
    delivery    one attempt
    parcel      what is to be delivered, and who keeps what could not be
"""
