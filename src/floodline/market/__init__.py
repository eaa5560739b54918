"""The truth: price processes, amount distributions, paths from files. Knows nothing of the chain."""
