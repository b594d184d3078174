"""Streams: what a table's changes are seen through."""
