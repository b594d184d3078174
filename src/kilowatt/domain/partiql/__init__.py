"""PartiQL statements: from their text to the reads and writes of the other operations."""
