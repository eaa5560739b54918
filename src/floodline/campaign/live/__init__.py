"""The live clock: a campaign in real time against a node that mines by itself."""
