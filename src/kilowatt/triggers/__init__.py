"""Triggers: functions that run when items change, and the part of Lambda's API that sets them up."""
