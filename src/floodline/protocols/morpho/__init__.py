"""Morpho Blue 1.0.0 behind the adapter interface: isolated markets, one collateral each."""
