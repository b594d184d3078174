"""EduConnect: the messages of a school's chats in one DynamoDB table.

Run the tour against a server:  python examples/educonnect.py http://127.0.0.1:8000

The table answers each question with one Query, because its keys are made for the questions:

| question                        | index              | partition key      | sort key                   |
|---------------------------------|--------------------|--------------------|----------------------------|
| a chat's messages, by time      | the table          | pk = chat#<chat>   | sk = timestamp#<time>#<id> |
| a user's messages in all chats  | messages-by-author | author = user#<id> | sk                         |

Times are ISO 8601, in UTC, always with milliseconds: only then do texts sort as the times they stand for.
"""

import sys
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, NoReturn

import boto3
from boto3.dynamodb.conditions import Attr, ConditionBase, Key
from botocore.exceptions import ClientError

TABLE = "educonnect-messages"
BY_AUTHOR = "messages-by-author"


class AlreadyPostedError(Exception):
    """A message with this chat, time and id exists."""


class NotTheAuthorError(Exception):
    """The message does not exist, or somebody else wrote it."""


def timestamp(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds")


@dataclass(frozen=True)
class Message:
    chat: str
    author: str
    text: str
    sent_at: datetime
    id: str = field(default_factory=lambda: uuid.uuid4().hex)
    edited: bool = False

    @property
    def key(self) -> dict[str, str]:
        return {"pk": f"chat#{self.chat}", "sk": f"timestamp#{timestamp(self.sent_at)}#{self.id}"}

    def to_item(self) -> dict[str, Any]:
        return {**self.key, "author": f"user#{self.author}", "text": self.text, "edited": self.edited}

    @classmethod
    def from_item(cls, item: dict[str, Any]) -> "Message":
        _, sent_at, message_id = item["sk"].split("#")
        chat, author = item["pk"].removeprefix("chat#"), item["author"].removeprefix("user#")
        return cls(chat, author, item["text"], datetime.fromisoformat(sent_at), message_id, item["edited"])


def create_table(dynamodb: Any) -> Any:
    """Create the table with its index, and wait until it can be used."""
    table = dynamodb.create_table(
        TableName=TABLE,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[
            {"AttributeName": name, "AttributeType": "S"} for name in ("pk", "sk", "author")
        ],
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
        GlobalSecondaryIndexes=[
            {
                "IndexName": BY_AUTHOR,
                "KeySchema": [
                    {"AttributeName": "author", "KeyType": "HASH"},
                    {"AttributeName": "sk", "KeyType": "RANGE"},
                ],
                "Projection": {"ProjectionType": "ALL"},
            }
        ],
    )
    table.wait_until_exists()
    return table


def post_message(table: Any, message: Message) -> None:
    """Store a new message; a client that repeats itself after a lost answer changes nothing."""
    try:
        table.put_item(Item=message.to_item(), ConditionExpression=Attr("pk").not_exists())
    except ClientError as error:
        _refuse(error, AlreadyPostedError)


def edit_message(table: Any, message: Message, author: str, text: str) -> Message:
    """Replace the text, if `author` wrote the message; returns the message as it is now."""
    try:
        answer = table.update_item(
            Key=message.key,
            UpdateExpression="SET #text = :text, edited = :true",
            ConditionExpression=Attr("author").eq(f"user#{author}"),
            # TEXT is a reserved word, so the expression needs a placeholder for it.
            ExpressionAttributeNames={"#text": "text"},
            ExpressionAttributeValues={":text": text, ":true": True},
            ReturnValues="ALL_NEW",
        )
    except ClientError as error:
        _refuse(error, NotTheAuthorError)
    return Message.from_item(answer["Attributes"])


def delete_message(table: Any, message: Message) -> bool:
    """Delete a message; tells whether it was there."""
    return "Attributes" in table.delete_item(Key=message.key, ReturnValues="ALL_OLD")


def messages_of_chat(
    table: Any, chat: str, newest_first: bool = False, page_size: int = 100
) -> Iterator[Message]:
    """A chat's messages in the order of their times, fetched page by page as they are consumed."""
    chat_key = Key("pk").eq(f"chat#{chat}")
    return _query(table, chat_key, ScanIndexForward=not newest_first, Limit=page_size)


def messages_between(table: Any, chat: str, start: datetime, end: datetime) -> Iterator[Message]:
    """A chat's messages with start <= sent_at < end."""
    # Nothing follows the time in these two bounds, so each sorts before every message of its millisecond.
    times = Key("sk").between(f"timestamp#{timestamp(start)}", f"timestamp#{timestamp(end)}")
    return _query(table, Key("pk").eq(f"chat#{chat}") & times)


def messages_of_user(table: Any, user: str) -> Iterator[Message]:
    """A user's messages in all chats, in the order of their times; the index may lag a little."""
    return _query(table, Key("author").eq(f"user#{user}"), IndexName=BY_AUTHOR)


def import_messages(table: Any, messages: Iterable[Message]) -> None:
    """Store many messages, 25 a request; one that exists is replaced."""
    with table.batch_writer() as batch:
        for message in messages:
            batch.put_item(Item=message.to_item())


def _query(table: Any, condition: ConditionBase, **options: Any) -> Iterator[Message]:
    while True:
        page = table.query(KeyConditionExpression=condition, **options)
        yield from map(Message.from_item, page["Items"])
        # A page may be empty and yet not the last: only the missing key tells the end.
        if "LastEvaluatedKey" not in page:
            return
        options["ExclusiveStartKey"] = page["LastEvaluatedKey"]


def _refuse(error: ClientError, refusal: type[Exception]) -> NoReturn:
    if error.response["Error"]["Code"] == "ConditionalCheckFailedException":
        raise refusal from error
    raise error


def _show(title: str, messages: Iterable[Message]) -> None:
    print(f"\n{title}")
    for message in messages:
        mark = " (edited)" if message.edited else ""
        print(f"  {message.sent_at:%H:%M}  {message.chat:8} {message.author:6} {message.text}{mark}")


def main(endpoint_url: str) -> None:
    """A tour of the functions above. A server that checks no signatures takes any credentials."""
    session = boto3.Session("tour", "tour", region_name="us-east-1")
    table = create_table(session.resource("dynamodb", endpoint_url=endpoint_url))
    print(f"Created {table.name}.")
    nine = datetime(2026, 3, 2, 9, tzinfo=UTC)
    question = Message("physics", "amara", "Why is the sky blue?", nine)
    post_message(table, question)
    post_message(table, Message("physics", "ben", "Rayleigh scattering.", nine + timedelta(minutes=4)))
    try:
        post_message(table, question)
    except AlreadyPostedError:
        print("Posting the same message again was refused.")
    try:
        edit_message(table, question, "ben", "Why is the sea blue?")
    except NotTheAuthorError:
        print("Ben may not edit what Amara wrote.")
    edit_message(table, question, "amara", "Why is the sky blue, and why not violet?")
    lessons = [Message("maths", "amara", f"Exercise {n}", nine + timedelta(hours=n)) for n in range(1, 41)]
    import_messages(table, lessons)
    _show("Physics, in order:", messages_of_chat(table, "physics"))
    _show(
        "Maths, from 11:00 to 14:00:",
        messages_between(table, "maths", lessons[1].sent_at, lessons[4].sent_at),
    )
    newest = messages_of_chat(table, "maths", newest_first=True, page_size=10)
    _show("Maths, the newest three:", (next(newest) for _ in range(3)))
    print(f"\nAmara wrote {len(list(messages_of_user(table, 'amara')))} messages.")
    print(
        f"Deleted the question: {delete_message(table, question)}; again: {delete_message(table, question)}."
    )
    table.delete()


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python examples/educonnect.py ENDPOINT-URL")
    main(sys.argv[1])
