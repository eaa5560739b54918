"""Lyra v1 as it was published: ``@lyrafinance/protocol``, unmodified."""
