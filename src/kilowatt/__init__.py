"""Kilowatt: Amazon DynamoDB's wire protocol, served by software you own."""

__version__ = "0.1.0"
