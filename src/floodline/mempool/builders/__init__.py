"""The builder policies; importing this registers them."""

from floodline.mempool.builders import faulty, lanes, ordered

__all__ = ["faulty", "lanes", "ordered"]
