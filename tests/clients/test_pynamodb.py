"""PynamoDB, an object mapper: models, a global index, conditional writes, pages and batches."""

from collections.abc import Iterator
from typing import Any, ClassVar

import pytest
from pynamodb.attributes import (
    BooleanAttribute,
    ListAttribute,
    NumberAttribute,
    UnicodeAttribute,
    UnicodeSetAttribute,
    VersionAttribute,
)
from pynamodb.exceptions import DoesNotExist, PutError, UpdateError
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex
from pynamodb.models import Model
from tests.clients.outside import eventually

REPLIES = 45


class ByAuthor(GlobalSecondaryIndex["Reply"]):
    class Meta:
        index_name = "by-author"
        projection = AllProjection()
        billing_mode = "PAY_PER_REQUEST"

    author = UnicodeAttribute(hash_key=True)
    number = NumberAttribute(range_key=True)


class Reply(Model):
    class Meta:
        table_name = "clients-pynamodb"
        region = "us-east-1"
        billing_mode = "PAY_PER_REQUEST"
        aws_access_key_id = "test"
        aws_secret_access_key = "test"
        host: ClassVar[str | None] = None

    thread = UnicodeAttribute(hash_key=True)
    number = NumberAttribute(range_key=True)
    author = UnicodeAttribute()
    text = UnicodeAttribute(default="")
    tags = UnicodeSetAttribute(null=True)
    attachments: ListAttribute[Any] = ListAttribute(default=list)
    pinned = BooleanAttribute(default=False)
    likes = NumberAttribute(default=0)
    by_author = ByAuthor()


class Draft(Model):
    """A model with optimistic locking."""

    class Meta(Reply.Meta):
        table_name = "clients-pynamodb-drafts"

    id = UnicodeAttribute(hash_key=True)
    text = UnicodeAttribute()
    version = VersionAttribute()


@pytest.fixture(scope="module", autouse=True)
def _tables(server: Any) -> Iterator[None]:
    Reply.Meta.host = Draft.Meta.host = server.endpoint
    for model in (Reply, Draft):
        model.create_table(wait=True)
    yield
    for model in (Reply, Draft):
        model.delete_table()


@pytest.fixture
def replies() -> list[Reply]:
    """REPLIES replies of the thread `keys`, by two authors in turn."""
    made = [Reply("keys", number, author=("amara", "ben")[number % 2]) for number in range(REPLIES)]
    with Reply.batch_write() as batch:
        for reply in made:
            batch.save(reply)
    return made


def test_a_saved_item_comes_back_with_its_types() -> None:
    saved = Reply(
        "types", 1, author="amara", text="Zürich ✓", tags={"a", "b"}, attachments=["x", 1, {"k": None}]
    )
    saved.save()
    found = Reply.get("types", 1, consistent_read=True)
    assert found.attribute_values == saved.attribute_values


def test_a_missing_item_does_not_exist() -> None:
    with pytest.raises(DoesNotExist):
        Reply.get("types", 404)


def test_a_conditional_save_does_not_overwrite() -> None:
    Reply("conditions", 1, author="amara").save(Reply.thread.does_not_exist())
    with pytest.raises(PutError) as refused:
        Reply("conditions", 1, author="ben").save(Reply.thread.does_not_exist())
    assert refused.value.cause_response_code == "ConditionalCheckFailedException"
    assert Reply.get("conditions", 1).author == "amara"


def test_an_update_acts_on_the_stored_item() -> None:
    reply = Reply("updates", 1, author="amara", tags={"old"})
    reply.save()
    reply.update(
        [
            Reply.likes.add(3),
            Reply.pinned.set(True),
            Reply.tags.add({"new"}),
            Reply.attachments.set(Reply.attachments.append(["photo"])),
            Reply.text.remove(),
        ],
        condition=(Reply.author == "amara") & (Reply.likes < 1),
    )
    assert (reply.likes, reply.pinned, reply.tags, reply.attachments) == (3, True, {"old", "new"}, ["photo"])
    with pytest.raises(UpdateError):
        reply.update([Reply.likes.add(1)], condition=Reply.likes < 1)


def test_a_query_crosses_pages_in_both_directions(replies: list[Reply]) -> None:
    forward = Reply.query("keys", page_size=10, consistent_read=True)
    assert [reply.number for reply in forward] == list(range(REPLIES))
    newest = Reply.query("keys", scan_index_forward=False, page_size=10, limit=15)
    assert [reply.number for reply in newest] == list(range(REPLIES))[:-16:-1]


def test_a_query_goes_on_from_a_page_s_last_key(replies: list[Reply]) -> None:
    first = Reply.query("keys", limit=12)
    assert len(list(first)) == 12
    rest = Reply.query("keys", last_evaluated_key=first.last_evaluated_key)
    assert [reply.number for reply in rest] == list(range(12, REPLIES))


def test_range_and_filter_conditions_combine(replies: list[Reply]) -> None:
    found = Reply.query("keys", Reply.number.between(10, 20), Reply.author == "ben")
    assert [reply.number for reply in found] == [11, 13, 15, 17, 19]
    assert Reply.count("keys", Reply.number >= 40) == 5


def test_the_global_index_answers_by_author(replies: list[Reply]) -> None:
    def numbers() -> list[float]:
        return [reply.number for reply in Reply.by_author.query("ben", Reply.number > 30, page_size=3)]

    eventually(numbers, [31, 33, 35, 37, 39, 41, 43])


def test_a_batch_gets_and_deletes(replies: list[Reply]) -> None:
    keys = [("keys", number) for number in range(REPLIES)]
    assert {reply.number for reply in Reply.batch_get(keys)} == set(range(REPLIES))
    with Reply.batch_write() as batch:
        for reply in replies:
            batch.delete(reply)
    assert Reply.count("keys", consistent_read=True) == 0


def test_a_stale_version_is_refused() -> None:
    Draft("d", text="first").save()
    mine, theirs = Draft.get("d"), Draft.get("d")
    theirs.text = "theirs"
    theirs.save()
    mine.text = "mine"
    with pytest.raises(PutError):
        mine.save()
    assert (Draft.get("d").text, Draft.get("d").version) == ("theirs", 2)
