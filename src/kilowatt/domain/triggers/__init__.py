"""Triggers: which changes become events for functions, in which batches, and what their failures lead to."""
