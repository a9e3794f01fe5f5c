"""Measurements of the running program; `python bench/messages.py` is the one for messages."""
