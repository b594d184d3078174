"""The example's functions and its tour: boto3's resource, as an application uses it."""

import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from itertools import islice
from typing import Any

import pytest
from examples import educonnect
from examples.educonnect import AlreadyPostedError, Message, NotTheAuthorError
from tests.clients.outside import MESSAGES, NINE, client_environment, eventually

QUESTION = Message("physics", "amara", "Why is the sky blue?", NINE, "1")


def test_the_tour_tells_what_happens(server: Any) -> None:
    done = subprocess.run(
        [sys.executable, educonnect.__file__, server.endpoint],
        env=client_environment(),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    for line in (
        "Created educonnect-messages.",
        "Posting the same message again was refused.",
        "Ben may not edit what Amara wrote.",
        "  09:00  physics  amara  Why is the sky blue, and why not violet? (edited)",
        "Deleted the question: True; again: False.",
    ):
        assert line in done.stdout.splitlines()


def test_a_message_can_be_posted_once(chats: Any) -> None:
    educonnect.post_message(chats, QUESTION)
    with pytest.raises(AlreadyPostedError):
        educonnect.post_message(chats, replace(QUESTION, text="Another text"))
    assert list(educonnect.messages_of_chat(chats, "physics")) == [QUESTION]


def test_only_the_author_edits_a_message(chats: Any) -> None:
    educonnect.post_message(chats, QUESTION)
    with pytest.raises(NotTheAuthorError):
        educonnect.edit_message(chats, QUESTION, "ben", "Why is the sea blue?")
    edited = educonnect.edit_message(chats, QUESTION, "amara", "And why not violet?")
    assert edited == replace(QUESTION, text="And why not violet?", edited=True)
    assert list(educonnect.messages_of_chat(chats, "physics")) == [edited]


def test_editing_what_does_not_exist_creates_nothing(chats: Any) -> None:
    with pytest.raises(NotTheAuthorError):
        educonnect.edit_message(chats, QUESTION, "amara", "text")
    assert list(educonnect.messages_of_chat(chats, "physics")) == []


def test_deleting_tells_whether_the_message_was_there(chats: Any) -> None:
    educonnect.post_message(chats, QUESTION)
    assert educonnect.delete_message(chats, QUESTION)
    assert not educonnect.delete_message(chats, QUESTION)


@pytest.mark.parametrize("page_size", [1, 7, MESSAGES, 100])
def test_a_chat_is_in_order_whatever_the_page_size(chats: Any, maths: list[Message], page_size: int) -> None:
    assert list(educonnect.messages_of_chat(chats, "maths", page_size=page_size)) == maths
    newest_first = educonnect.messages_of_chat(chats, "maths", newest_first=True, page_size=page_size)
    assert list(newest_first) == maths[::-1]


def test_the_newest_messages_need_one_page(chats: Any, maths: list[Message]) -> None:
    newest = educonnect.messages_of_chat(chats, "maths", newest_first=True, page_size=3)
    assert list(islice(newest, 3)) == maths[:-4:-1]


def test_a_time_range_includes_its_start_and_not_its_end(chats: Any, maths: list[Message]) -> None:
    found = educonnect.messages_between(chats, "maths", maths[10].sent_at, maths[20].sent_at)
    assert list(found) == maths[10:20]
    before_all = educonnect.messages_between(chats, "maths", NINE - timedelta(days=1), NINE)
    assert list(before_all) == []


def test_a_user_s_messages_come_from_all_chats(chats: Any, maths: list[Message]) -> None:
    def texts() -> list[str]:
        return [message.text for message in educonnect.messages_of_user(chats, "amara")]

    own = [message.text for message in maths[::2]]
    eventually(texts, [own[0], "Why is the sky blue?", *own[1:]])


def test_the_index_follows_edits_and_deletes(chats: Any) -> None:
    educonnect.post_message(chats, QUESTION)
    edited = educonnect.edit_message(chats, QUESTION, "amara", "And why not violet?")
    eventually(lambda: list(educonnect.messages_of_user(chats, "amara")), [edited])
    educonnect.delete_message(chats, QUESTION)
    eventually(lambda: list(educonnect.messages_of_user(chats, "amara")), [])
