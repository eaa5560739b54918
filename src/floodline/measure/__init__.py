"""Measures: a run's tables, and every number that is computed from them alone."""
