"""Ground floor: errors, units, named random streams, virtual time, registries. Imports nothing of ours."""
