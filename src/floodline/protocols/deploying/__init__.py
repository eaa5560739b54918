"""Deploying contracts that others wrote: steps as data, with named outputs."""
