"""The edge towards residents: the webhook, the turn, the outbox. Knows no service by name."""
