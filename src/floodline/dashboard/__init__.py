"""A local web page that follows a running campaign and browses, filters and compares finished ones.

It only reads: the folders of runs and studies, and the ``log.jsonl`` that a run writes as it goes.
"""
