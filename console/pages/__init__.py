"""The handlers, one module for a page and the actions on it."""
