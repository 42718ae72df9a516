"""The guards that bin/bench guards takes out one at a time are those that there are."""

from pathlib import Path

import pytest

from bench.faults.guards import GUARDS, Guard

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("guard", GUARDS, ids=lambda guard: guard.name)
def test_its_words_stand_in_the_source_once(guard: Guard) -> None:
    assert not guard.file or (ROOT / guard.file).read_text().count(guard.words) == 1
    assert all((ROOT / test).is_file() for test in guard.tests)
