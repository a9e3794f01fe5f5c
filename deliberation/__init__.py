"""Deliberation: counting rules, quorum, opinion map, budgeting, lottery and audit chain.

Pure functions on plain frozen values. Nothing here opens a file or a database, reads a clock or
draws chance of its own; seeds, times and texts are passed in, so whoever has the published
inputs gets the published result again.
"""
