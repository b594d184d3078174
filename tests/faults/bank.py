"""A bank whose tellers move money in transactions, and an audit that finds every cent.

A transfer takes from one account (if there is enough on it), gives to another, checks that a third one is
open, and leaves a record: all in one TransactWriteItems, under a token of its own. A teller that gets no
answer sends the same transfer again to the next server, or gives it up; now and then one sends again what
was acknowledged. None of this may make or lose money.
"""

import random
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.faults.history import Item
from tests.faults.wire import Answer, Ask, Wire

ACCOUNTS, TRANSFERS = "accounts", "transfers"
NAMES = [f"account-{number:02}" for number in range(20)]
OPENING = 100
TOTAL = OPENING * len(NAMES)
_PAUSE_SECONDS = 0.02
_CONFLICT_PAUSE_SECONDS = 0.005


@dataclass(frozen=True)
class Transfer:
    name: str
    giver: str
    taker: str
    witness: str
    amount: int

    def request(self) -> dict[str, Any]:
        amount = {":amount": {"N": str(self.amount)}}
        return {
            "ClientRequestToken": self.name,
            "TransactItems": [
                _update(self.giver, "SET balance = balance - :amount", "balance >= :amount", amount),
                _update(self.taker, "SET balance = balance + :amount", "attribute_exists(id)", amount),
                {
                    "ConditionCheck": {
                        "TableName": ACCOUNTS,
                        "Key": _key(self.witness),
                        "ConditionExpression": "attribute_exists(id)",
                    }
                },
                {
                    "Put": {
                        "TableName": TRANSFERS,
                        "Item": self.item(),
                        "ConditionExpression": "attribute_not_exists(id)",
                    }
                },
            ],
        }

    def item(self) -> Item:
        """The record that it leaves."""
        return {
            "id": {"S": self.name},
            "giver": {"S": self.giver},
            "taker": {"S": self.taker},
            "amount": {"N": str(self.amount)},
        }


@dataclass
class Ledger:
    """What one teller did. A transfer that was sent is acknowledged, refused, or nobody knows."""

    sent: dict[str, Transfer] = field(default_factory=dict)
    acknowledged: set[str] = field(default_factory=set)
    refused: set[str] = field(default_factory=set)
    conflicts: int = 0
    replays: int = 0
    surprises: list[str] = field(default_factory=list)


class Teller:
    """Makes one transfer after the other."""

    def __init__(self, number: int, seed: int) -> None:
        self.ledger = Ledger()
        self._number = number
        self._random = random.Random(seed)
        self._pending: Transfer | None = None

    def work(self, wire: Wire, enough: Callable[[], bool]) -> None:
        """Goes on with what was not answered. Raises `Unanswered`."""
        if self._pending is not None and self._random.random() < 0.3:
            self._pending = None  # never to be heard of again
        while not enough():
            replayed = self._pending is not None
            transfer = self._pending = self._pending or self._next()
            self._send(wire, transfer, enough)
            self._pending = None
            self.ledger.replays += replayed
            if self._random.random() < 0.1:
                self._send_again(wire)
            time.sleep(self._random.uniform(0, _PAUSE_SECONDS))

    def _next(self) -> Transfer:
        giver, taker, witness = self._random.sample(NAMES, 3)
        name = f"{self._number}-{len(self.ledger.sent)}-{self._random.getrandbits(32):08x}"
        transfer = Transfer(name, giver, taker, witness, self._random.randint(1, OPENING // 2))
        self.ledger.sent[name] = transfer
        return transfer

    def _send(self, wire: Wire, transfer: Transfer, enough: Callable[[], bool]) -> None:
        """Sends it until it is decided."""
        ledger = self.ledger
        while not enough():
            codes, answer = _codes(wire.call("TransactWriteItems", transfer.request()))
            if answer.status == 200:
                ledger.acknowledged.add(transfer.name)
                return
            if "TransactionConflict" in codes:
                ledger.conflicts += 1
                time.sleep(self._random.uniform(0, _CONFLICT_PAUSE_SECONDS))
                continue
            if codes == ["ConditionalCheckFailed", "None", "None", "None"]:
                ledger.refused.add(transfer.name)
            else:
                ledger.surprises.append(f"{transfer}: {answer}")
            return

    def _send_again(self, wire: Wire) -> None:
        """Sends a transfer again that was acknowledged: that must be a success, and nothing more."""
        ledger = self.ledger
        if ledger.acknowledged:
            transfer = ledger.sent[self._random.choice(sorted(ledger.acknowledged)[-20:])]
            answer = wire.call("TransactWriteItems", transfer.request())
            ledger.replays += 1
            if answer.status != 200:
                ledger.surprises.append(f"sent again: {transfer}: {answer}")


class Observer:
    """Reads all accounts in one transaction, again and again."""

    def __init__(self) -> None:
        self.reads = 0
        self.conflicts = 0
        self.surprises: list[str] = []

    def work(self, wire: Wire, enough: Callable[[], bool]) -> None:
        while not enough():
            codes, answer = _codes(wire.call("TransactGetItems", all_accounts()))
            if answer.status == 200:
                self.reads += 1
                total = sum(int(found["Item"]["balance"]["N"]) for found in answer.document["Responses"])
                if total != TOTAL:
                    self.surprises.append(f"all accounts at one moment: {total} instead of {TOTAL}")
            elif "TransactionConflict" in codes:
                self.conflicts += 1
            else:
                self.surprises.append(f"TransactGetItems: {answer}")
            time.sleep(_CONFLICT_PAUSE_SECONDS)


def open_bank(ask: Ask) -> None:
    """Creates the tables and the accounts."""
    for table in (ACCOUNTS, TRANSFERS):
        ask(
            "CreateTable",
            {
                "TableName": table,
                "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
                "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
                "BillingMode": "PAY_PER_REQUEST",
            },
        )
    for name in NAMES:
        item = {**_key(name), "balance": {"N": str(OPENING)}}
        ask("PutItem", {"TableName": ACCOUNTS, "Item": item})


def all_accounts() -> dict[str, Any]:
    return {"TransactItems": [{"Get": {"TableName": ACCOUNTS, "Key": _key(name)}} for name in NAMES]}


def complaints_about(balances: dict[str, int], records: list[Item], ledgers: list[Ledger]) -> list[str]:
    """What is wrong with what a bank holds, given what its tellers were told; nothing if all is well."""
    sent = {name: transfer for ledger in ledgers for name, transfer in ledger.sent.items()}
    acknowledged = set().union(*(ledger.acknowledged for ledger in ledgers))
    refused = set().union(*(ledger.refused for ledger in ledgers))
    found = {record["id"]["S"]: record for record in records}
    complaints = [surprise for ledger in ledgers for surprise in ledger.surprises]
    if sum(balances.values()) != TOTAL:
        complaints.append(f"there is {sum(balances.values())} instead of {TOTAL}")
    complaints += [f"lost: {sent[name]}" for name in sorted(acknowledged - found.keys())[:5]]
    complaints += [f"refused, and done: {sent[name]}" for name in sorted(refused & found.keys())[:5]]
    for name, record in found.items():
        if name not in sent or sent[name].item() != record:
            complaints.append(f"nobody sent {record}")
    expected = Counter(dict.fromkeys(NAMES, OPENING))
    for record in found.values():
        expected[record["giver"]["S"]] -= int(record["amount"]["N"])
        expected[record["taker"]["S"]] += int(record["amount"]["N"])
    for name in NAMES:
        if balances.get(name) != expected[name]:
            complaints.append(f"{name}: {balances.get(name)}, but its transfers make {expected[name]}")
        if balances.get(name, 0) < 0:
            complaints.append(f"{name} is overdrawn")
    return complaints


def read_balances(ask: Ask) -> dict[str, int]:
    """All balances at one moment."""
    responses = ask("TransactGetItems", all_accounts())["Responses"]
    return {found["Item"]["id"]["S"]: int(found["Item"]["balance"]["N"]) for found in responses}


def _codes(answer: Answer) -> tuple[list[str], Answer]:
    """The codes of the reasons, if the transaction was canceled."""
    reasons = answer.document.get("CancellationReasons", [])
    return [reason["Code"] for reason in reasons], answer


def _update(name: str, expression: str, condition: str, values: Item) -> dict[str, Any]:
    return {
        "Update": {
            "TableName": ACCOUNTS,
            "Key": _key(name),
            "UpdateExpression": expression,
            "ConditionExpression": condition,
            "ExpressionAttributeValues": values,
        }
    }


def _key(name: str) -> Item:
    return {"id": {"S": name}}
