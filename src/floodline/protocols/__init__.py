"""The adapter interface that the engine and the actors speak, and the protocols behind it."""
