"""The rules of the community, one module for a noun.

Plain synchronous functions: a session, values and the present moment in, values out. They never
commit and know neither chat nor HTML.
"""
