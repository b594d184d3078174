"""A bank on a server that is killed again and again: money is neither made nor lost.

KILOWATT_BANK_KILLS: how often (4). KILOWATT_BANK_SEED: repeats the transfers and moments of a run, though
not how the tellers interleave.
"""

import os
import random
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.conftest import start_server
from tests.faults.at_work import at_work
from tests.faults.audit import scan
from tests.faults.bank import (
    NAMES,
    OPENING,
    TRANSFERS,
    Ledger,
    Observer,
    Teller,
    Transfer,
    complaints_about,
    open_bank,
    read_balances,
)
from tests.faults.history import Item
from tests.faults.wire import Wire

_KILLS = int(os.environ.get("KILOWATT_BANK_KILLS", "4"))
_TELLERS = 8
_LOAD_SECONDS = (0.2, 2.0)


def test_a_bank_that_is_killed_keeps_its_books(tmp_path: Path) -> None:
    seed = int(os.environ.get("KILOWATT_BANK_SEED", str(random.getrandbits(32))))
    print(f"KILOWATT_BANK_SEED={seed}")  # noqa: T201  pytest shows it with a failure
    chance = random.Random(seed)
    tellers = [Teller(number, chance.getrandbits(32)) for number in range(_TELLERS)]
    observer = Observer()
    ledgers = [teller.ledger for teller in tellers]
    server = start_server("--data-dir", str(tmp_path / "data"))
    with Wire(server.endpoint) as wire:
        open_bank(wire.ask)
    for kill in range(_KILLS + 1):
        with at_work(server.endpoint, [*tellers, observer]):
            time.sleep(chance.uniform(*_LOAD_SECONDS))
            if kill < _KILLS:
                server.kill()
        if kill < _KILLS:
            server = start_server("--data-dir", str(tmp_path / "data"))
        with Wire(server.endpoint) as wire:
            records = scan(wire.ask, table=TRANSFERS, ConsistentRead=True)
            complaints = complaints_about(read_balances(wire.ask), records, ledgers) + observer.surprises
            described = wire.ask("DescribeTable", {"TableName": TRANSFERS})["Table"]
        assert not complaints, "\n".join([f"after kill {kill + 1}:", *complaints])
        assert described["ItemCount"] == len(records)
    assert server.stop() == 0
    done = sum(len(ledger.acknowledged) for ledger in ledgers)
    conflicts = sum(ledger.conflicts for ledger in ledgers)
    replays = sum(ledger.replays for ledger in ledgers)
    told = (
        f"{_KILLS} kills, {done} transfers, {conflicts} conflicts, {replays} sent again, "
        f"{observer.reads} reads, {observer.conflicts} of them refused"
    )
    print(told)  # noqa: T201  for those who run it for long
    assert done > 20 * _KILLS, "hardly any load"
    assert conflicts > 0
    assert replays > 0
    assert observer.reads > 0
    assert sum(len(ledger.refused) for ledger in ledgers) > 0


# -- the audit complains when it should


_TRANSFER = Transfer("one", NAMES[0], NAMES[1], NAMES[2], 10)
_OTHER = Transfer("two", NAMES[1], NAMES[2], NAMES[0], 5)


def _books() -> tuple[dict[str, int], list[Item], Ledger]:
    """One transfer was acknowledged and one refused; a third was sent and never answered."""
    balances = {**dict.fromkeys(NAMES, OPENING), NAMES[0]: OPENING - 10, NAMES[1]: OPENING + 10}
    unknown = Transfer("three", NAMES[3], NAMES[4], NAMES[5], 7)
    sent = {transfer.name: transfer for transfer in (_TRANSFER, _OTHER, unknown)}
    return balances, [_TRANSFER.item()], Ledger(sent, acknowledged={"one"}, refused={"two"})


def test_books_that_are_right_are_fine() -> None:
    balances, records, ledger = _books()
    assert complaints_about(balances, records, [ledger]) == []
    late = {**balances, NAMES[3]: OPENING - 7, NAMES[4]: OPENING + 7}
    assert complaints_about(late, [*records, ledger.sent["three"].item()], [ledger]) == []


def _lose_record(balances: dict[str, int], records: list[Item], ledger: Ledger) -> None:
    records.clear()


def _lose_both(balances: dict[str, int], records: list[Item], ledger: Ledger) -> None:
    records.clear()
    balances.update(dict.fromkeys(NAMES, OPENING))


def _twice(balances: dict[str, int], records: list[Item], ledger: Ledger) -> None:
    balances[NAMES[0]] -= 10
    balances[NAMES[1]] += 10


def _half(balances: dict[str, int], records: list[Item], ledger: Ledger) -> None:
    balances[NAMES[1]] = OPENING


def _refused(balances: dict[str, int], records: list[Item], ledger: Ledger) -> None:
    records.append(_OTHER.item())
    balances[NAMES[1]] -= 5
    balances[NAMES[2]] += 5


def _made_up(balances: dict[str, int], records: list[Item], ledger: Ledger) -> None:
    records.append(Transfer("four", NAMES[0], NAMES[0], NAMES[0], 0).item())


@pytest.mark.parametrize(
    ("doctor", "complaint"),
    [
        (_lose_record, "lost: "),
        (_lose_both, "lost: "),
        (_twice, "but its transfers make"),
        (_half, "instead of"),
        (_refused, "refused, and done"),
        (_made_up, "nobody sent"),
    ],
)
def test_books_that_are_wrong_are_complained_about(
    doctor: Callable[[dict[str, int], list[Item], Ledger], None], complaint: str
) -> None:
    balances, records, ledger = _books()
    doctor(balances, records, ledger)
    complaints = complaints_about(balances, records, [ledger])
    assert any(complaint in text for text in complaints), complaints
