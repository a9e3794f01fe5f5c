"""Conversation as plain data: messages, forms and their steps. Pure; knows no channel, no table."""
