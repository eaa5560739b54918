"""Compiled contracts that others wrote: npm packages, Hardhat, Foundry, ape, Solidity sources."""
