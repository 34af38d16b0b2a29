"""Who still calls what: counted behind the answers, kept by the hour in the store, and read again by `report`."""
