"""Ground floor: errors, units, random streams, virtual time, registries. Imports no other."""
