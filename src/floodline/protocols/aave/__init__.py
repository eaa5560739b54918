"""Aave v3 as it was published: ``@aave/core-v3``, unmodified."""
