"""The Ethereum node and everything that speaks to it: JSON-RPC, Anvil, accounts, signing, ABI."""
