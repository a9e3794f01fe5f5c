"""Hot topics among many messages, and open cases like a new one; pure, nothing is stored here."""
