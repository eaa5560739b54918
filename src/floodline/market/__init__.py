"""The truth: price processes, amount distributions, paths from files. Knows no chain."""
