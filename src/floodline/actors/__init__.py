"""Who acts on the network: publishers, traders, keepers, flooders, and how they bid."""
