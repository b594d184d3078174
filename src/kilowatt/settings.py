"""What a server is told at its start. Where a setting comes from is the CLI's business."""

import re
from dataclasses import dataclass
from pathlib import Path

# The module ipaddress would know more exactly, and takes a tenth of the start-up to load.
_LOOPBACK = re.compile(r"localhost|::1|127(\.\d{1,3}){3}")


@dataclass(frozen=True, slots=True)
class Settings:
    """Settings of one server.

    `dsn` is the database of PostgreSQL that holds the data. Without one, `data_dir` does; None keeps
    everything in memory. `region` is used where a request's credentials name none.
    `credentials` is a file of access keys; `access_key_id` and `secret_access_key` are one pair instead.
    `insecure` allows to serve other hosts without credentials. `error_wording` is 2025 or 2026.
    `table_delay_seconds` is how long tables stay CREATING, UPDATING and DELETING.
    `item_collection_limit_bytes` is each collection's limit; `max_tables`, `table_max_capacity_units` and
    `account_max_capacity_units` are each account's quotas in each region; None is as on AWS.
    `transaction_conflict_rate` is the share of items, 0 to 1, that transactions and writes find held by
    another transaction, to test what a program does then.
    `capacity_mode` is off, observe or enforce: whether tables' capacity is metered, and whether what is over
    it is refused.
    `index_lag_seconds` is how far global indexes are behind their tables.
    `shard_seconds` is the age at which a shard of a stream closes and its child goes on; one that takes more
    than `shard_writes_per_second` is split in two.
    `functions` is a file of functions for triggers; `allow_create_function` lets callers create further ones
    where that is not so by itself. `destination_endpoint` is where queues, topics and buckets for failures
    are, None on AWS; `failure_dir` is where those that go to files are.
    `kinesis_endpoint` is the URL of what takes the changes for Kinesis data streams, or "aws" for AWS itself.
    """

    host: str = "127.0.0.1"
    port: int = 8000
    data_dir: Path | None = Path("kilowatt-data")
    dsn: str | None = None
    region: str = "us-east-1"
    credentials: Path | None = None
    access_key_id: str | None = None
    secret_access_key: str | None = None
    insecure: bool = False
    log_level: str = "warning"
    error_wording: int = 2026
    drain_seconds: float = 10.0
    table_delay_seconds: float = 0.0
    item_collection_limit_bytes: int | None = None
    transaction_conflict_rate: float = 0.0
    max_tables: int | None = None
    table_max_capacity_units: int | None = None
    account_max_capacity_units: int | None = None
    capacity_mode: str = "observe"
    index_lag_seconds: float = 0.0
    shard_seconds: float = 4 * 3600.0
    shard_writes_per_second: float = 1000.0
    functions: Path | None = None
    allow_create_function: bool = False
    destination_endpoint: str | None = None
    failure_dir: Path | None = None
    kinesis_endpoint: str | None = None

    @property
    def secured(self) -> bool:
        """Whether signatures are verified."""
        return self.credentials is not None or self.access_key_id is not None

    @property
    def loopback(self) -> bool:
        """Whether only this machine can reach the server."""
        return _LOOPBACK.fullmatch(self.host) is not None

    @property
    def takes_functions(self) -> bool:
        """Whether CreateFunction is on. Functions are code, and run as the server's own user."""
        return self.allow_create_function or (self.loopback and not self.secured)
