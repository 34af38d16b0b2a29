"""Native webhooks: subscriptions, events, deliveries (conventions 9)."""
