"""From the API: what arrives is verified, recognized if it has arrived before, translated, and sent on.

From what all need to what uses it:

    recent      what a process knows of arrivals
    room        how much of that is remembered
    memory      what has arrived before, in all processes
    native      a delivery of the API's, and the parcels that come of it
    results     how requests are counted and refused
    receiver    what becomes of them
    route       `/webhooks/...`, where they arrive
"""
