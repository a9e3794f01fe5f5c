"""Tables and the engine that keeps them: SQLite for one community, PostgreSQL for many.

Holds no rules. The tables of one noun share a module; the same noun has the same name in
`services/`.
"""
