"""The guide's arithmetic of units, row by row."""

import pytest

from kilowatt.domain.capacity.units import index_write_half_units, read_half_units, write_half_units

KB = 1024


@pytest.mark.parametrize(
    ("size", "strong", "eventual"),
    [(0, 1, 0.5), (1, 1, 0.5), (4 * KB, 1, 0.5), (4 * KB + 1, 2, 1), (8 * KB, 2, 1), (400 * KB, 100, 50)],
)
def test_a_read_costs_by_4_kilobytes(size: int, strong: float, eventual: float) -> None:
    assert read_half_units(size, consistent=True) == 2 * strong
    assert read_half_units(size, consistent=False) == 2 * eventual


@pytest.mark.parametrize(
    ("size", "units"), [(0, 1), (1, 1), (KB, 1), (KB + 1, 2), (3 * KB + 512, 4), (400 * KB, 400)]
)
def test_a_write_costs_by_1_kilobyte(size: int, units: int) -> None:
    assert write_half_units(size) == 2 * units


@pytest.mark.parametrize(
    ("before", "after", "same_key", "identical", "units"),
    [
        pytest.param(None, None, False, False, 0, id="never_in_the_index"),
        pytest.param(None, 1500, False, False, 2, id="comes"),
        pytest.param(2500, None, False, False, 3, id="goes"),
        pytest.param(2500, 2500, True, True, 0, id="same"),
        pytest.param(2500, 1500, True, False, 3, id="same_key_and_other_data"),
        pytest.param(1500, 2500, True, False, 3, id="same_key_and_more_data"),
        pytest.param(1500, 2500, False, False, 5, id="other_key"),
    ],
)
def test_an_index_costs_what_its_entry_goes_through(
    before: int | None, after: int | None, same_key: bool, identical: bool, units: int
) -> None:
    assert index_write_half_units(before, after, same_key, identical) == 2 * units
