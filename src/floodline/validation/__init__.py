"""Floodline held against theory: closed forms that must come out of the machine itself."""
