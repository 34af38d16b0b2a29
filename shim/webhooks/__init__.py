"""The bridge: native deliveries come in, old ones go out, and what can't go now waits in the store (design D9)."""
