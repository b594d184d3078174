"""Auto scaling: when a table's throughput changes, and to what."""
