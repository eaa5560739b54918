"""The reference protocol: its parameters, its exact model and its adapter."""
