"""solc, Anvil, Node and the npm packages: found or installed, and the contracts compiled."""
