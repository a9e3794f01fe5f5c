"""Policy questions: documents, passages, retrieval, answers with their source, abstention.

A pure engine: documents come in as values, answers go out as values; nothing is stored here.
"""
