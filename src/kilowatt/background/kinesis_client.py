"""Calls to Kinesis, or to what stands in for it, by boto3. They block: they are for a thread."""

import threading
from collections.abc import Sequence
from typing import Any

from kilowatt.domain.streams.destination import region_of
from kilowatt.domain.streams.kinesis_record import KinesisRecord

AWS = "aws"

_TIMEOUT_SECONDS = 5
# Refusals that say nothing about the stream: what was refused may be asked again.
_PASSING = {
    "ProvisionedThroughputExceededException",
    "LimitExceededException",
    "KMSThrottlingException",
    "ThrottlingException",
    "RequestLimitExceeded",
    "InternalFailure",
    "InternalFailureException",
    "ServiceUnavailable",
}

# Source: AWS Controllers for Kubernetes, api-quirks of DynamoDB, DDB-TABLE-318: measured on AWS, 2026-10.
_NOT_PERMITTED = "User does not have a permission to use kinesis stream"
_ANOTHER_REGION, _NOT_ACTIVE = (
    f"The kinesis Arn used to enable kinesis replication belongs to a stream which is not in {place}"
    for place in ("the current region", "Active state")
)


class KinesisFailed(Exception):
    """A call failed. `final`: Kinesis refused it, and hardly will think better of it."""

    def __init__(self, text: str, final: bool = False) -> None:
        super().__init__(text)
        self.final = final


class KinesisClient:
    """`endpoint` is a URL, "aws", or None if there is none: then all calls fail."""

    def __init__(self, endpoint: str | None) -> None:
        self._endpoint = endpoint
        self._clients: dict[str, Any] = {}
        self._making = threading.Lock()

    def check(self, stream_arn: str, region: str) -> None:
        """Finds out whether the stream is there, in this region, and takes records.

        Raises `KinesisFailed`, with AWS's descriptions where they are known.
        """
        found = region_of(stream_arn)
        if found is None:
            raise KinesisFailed(_NOT_PERMITTED, final=True)
        if found != region:
            raise KinesisFailed(_ANOTHER_REGION, final=True)
        answer = self._call(stream_arn, "describe_stream", StreamARN=stream_arn, Limit=1)
        status = answer["StreamDescription"]["StreamStatus"]
        if status not in {"ACTIVE", "UPDATING"}:
            raise KinesisFailed(_NOT_ACTIVE, final=status == "DELETING")

    def put(self, stream_arn: str, records: Sequence[KinesisRecord]) -> dict[int, str]:
        """Puts up to 500 records; the places of those that were not taken, and why.

        Raises `KinesisFailed`.
        """
        entries = [{"Data": record.data, "PartitionKey": record.partition_key} for record in records]
        answer = self._call(stream_arn, "put_records", StreamARN=stream_arn, Records=entries)
        return {
            place: f"{entry['ErrorCode']}: {entry.get('ErrorMessage', '')}"
            for place, entry in enumerate(answer["Records"])
            if entry.get("ErrorCode")
        }

    def close(self) -> None:
        """Closes the connections."""
        for client in self._clients.values():
            client.close()

    def _call(self, stream_arn: str, operation: str, **request: Any) -> Any:
        if self._endpoint is None:
            raise KinesisFailed("No --kinesis-endpoint is configured")
        from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415  only with a destination

        try:
            return getattr(self._client(region_of(stream_arn) or ""), operation)(**request)
        except ClientError as error:
            refusal = error.response["Error"]
            status = error.response["ResponseMetadata"]["HTTPStatusCode"]
            final = status < 500 and refusal["Code"] not in _PASSING
            if refusal["Code"] == "ResourceNotFoundException":
                raise KinesisFailed(_NOT_PERMITTED, final) from error
            raise KinesisFailed(f"{refusal['Code']}: {refusal.get('Message', '')}", final) from error
        except BotoCoreError as error:
            raise KinesisFailed(str(error)) from error

    def _client(self, region: str) -> Any:
        with self._making:
            if region not in self._clients:
                self._clients[region] = self._made(region)
            return self._clients[region]

    def _made(self, region: str) -> Any:
        import boto3  # noqa: PLC0415  as above
        from botocore.config import Config  # noqa: PLC0415  as above

        session = boto3.Session(region_name=region)
        options: dict[str, Any] = {}
        if self._endpoint != AWS:
            options["endpoint_url"] = self._endpoint
            if session.get_credentials() is None:
                # What stands in for Kinesis takes any.
                options |= {"aws_access_key_id": "kilowatt", "aws_secret_access_key": "kilowatt"}
        config = Config(
            connect_timeout=_TIMEOUT_SECONDS,
            read_timeout=_TIMEOUT_SECONDS,
            retries={"total_max_attempts": 1},
        )
        return session.client("kinesis", config=config, **options)
