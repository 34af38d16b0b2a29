"""What never arrived: upstream's own records of deliveries, compared with what did.

From what all need to what uses it:

    records     upstream's records, asked for
    reconcile   what never arrived of them
    checks      how far they were compared
"""
