"""Many who knock at once are asked about together, and each gets their own answer."""

import asyncio

import pytest

from realtime.entrance import Line

from .test_room import elsewhere


class Doorkeeper:
    """Answers with the question in capitals, but for what is bad; remembers what was asked together."""

    def __init__(self) -> None:
        self.asked: list[list[str]] = []
        self.free = asyncio.Event()

    async def ask(self, some: list[str]) -> dict[str, str | Exception]:
        self.asked.append(some)
        await self.free.wait()
        return {one: ValueError(one) if one == "bad" else one.upper() for one in some if one != "unknown"}


def test_who_comes_while_others_are_asked_about_is_asked_about_next() -> None:
    async def come() -> tuple[list[list[str]], list[object]]:
        keeper = Doorkeeper()
        line = Line(keeper.ask)
        first = asyncio.create_task(line.answer("ann"))
        while not keeper.asked:
            await asyncio.sleep(0)
        rest = [asyncio.create_task(line.answer(one)) for one in ("ann", "bob", "bad", "unknown", "bob")]
        while len(line.waiting) < 4:
            await asyncio.sleep(0)
        rest.pop().cancel()  # one who has gone takes nobody's answer along
        keeper.free.set()
        return keeper.asked, await asyncio.gather(first, *rest, return_exceptions=True)

    asked, answers = elsewhere(come())
    assert asked == [["ann"], ["ann", "bob", "bad", "unknown"]]
    assert answers[:3] == ["ANN", "ANN", "BOB"] and answers[4] is None
    assert isinstance(answers[3], ValueError)


def test_when_nobody_can_be_asked_all_of_them_hear_of_it() -> None:
    async def come() -> object:
        async def ask(some: list[str]) -> dict[str, str | Exception]:
            raise OSError

        return await Line(ask).answer("ann")

    with pytest.raises(OSError):
        elsewhere(come())
