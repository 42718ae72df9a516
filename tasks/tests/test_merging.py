"""Merging by paragraph: what does not overlap is in the result to the letter; what does is told apart, and nothing is lost."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.merging import Merged, blocks, merge

TEXTS = st.lists(st.sampled_from("ABCDE"), max_size=8).map("\n\n".join) | st.text("ab \n`", max_size=40)
CHOICES = st.lists(st.sampled_from(["", "theirs", "yours"]), min_size=1, max_size=12)


def lay(base: str, theirs: str, yours: str) -> str:
    """Paragraphs by a letter each, `|` between two sides of a clash."""
    merged = merge(*("\n\n".join(text) for text in (base, theirs, yours)))
    shown = [f"<{part.theirs}|{part.yours}>" if part.kind == "clash" else part.text for part in merged.parts]
    return "".join(shown).replace("\n", "")


@pytest.mark.parametrize(
    ("base", "theirs", "yours", "merged"),
    [
        ("ABC", "aBC", "ABc", "aBc"),
        ("ABC", "aBC", "AbC", "abC"),  # side by side is not on top of each other
        ("ABC", "AxBC", "AbC", "AxbC"),  # put in before what the other changed
        ("ABC", "ABxC", "AbC", "AbxC"),  # and behind it
        ("ABC", "AC", "ABCx", "ACx"),
        ("ABC", "aBC", "aBC", "aBC"),
        ("ABC", "aBC", "aBc", "aBc"),  # both made one change, and one made another
        ("ABC", "xABC", "ABCy", "xABCy"),
        ("ABC", "CAB", "ABC", "CAB"),
        ("ABC", "aBC", "xBC", "<a|x>BC"),
        ("ABC", "AC", "AbC", "A<|b>C"),  # taken away and changed
        ("ABC", "ABCx", "ABCy", "ABC<x|y>"),  # at one place only people know the order
        ("", "x", "y", "<x|y>"),
        ("ABCD", "axyD", "AbCd", "a<x|b>yd"),  # as many paragraphs as there were: each for itself
        ("ABCD", "axxxD", "AbCd", "<axxx|AbC>d"),
        ("AAA", "AAxA", "AAA", "AAxA"),
        ("", "", "x", "x"),
    ],
)
def test_paragraphs(base: str, theirs: str, yours: str, merged: str) -> None:
    assert lay(base, theirs, yours) == merged


@pytest.mark.parametrize(
    ("base", "theirs", "yours", "merged"),
    [
        ("A\n\nB\n", "A\n\nB\n\nC\n", "A\n\nB!\n", "A\n\nB!\n\nC\n"),
        ("A\n\n\n\nB\n\nC", "A\n\nB\n\nC", "A\n\n\n\nB\n\nc", "A\n\nB\n\nc"),  # fewer empty lines are a change too
        ("A\n\nB\n\nC", "A\n\nC", "A\n\nB\n\nC\n\nD", "A\n\nC\n\nD"),
        ("```\na\n\n\nb\n```\n\nZ", "```\na\n\n\nb\n```\n\nz", "```\nx\n\n\nb\n```\n\nZ", "```\nx\n\n\nb\n```\n\nz"),
        ("A\n \t\nB", "a\n \t\nB", "A\n \t\nb", "a\n \t\nb"),
    ],
)
def test_to_the_letter(base: str, theirs: str, yours: str, merged: str) -> None:
    assert merge(base, theirs, yours).text == merged


@given(TEXTS)
def test_blocks_are_the_text(text: str) -> None:
    assert "".join(part for block in blocks(text) for part in block) == text


@given(TEXTS, TEXTS)
def test_who_wrote_alone_is_taken_at_their_word(base: str, changed: str) -> None:
    assert merge(base, changed, base).text == changed
    assert merge(base, base, changed).text == changed
    assert merge(base, changed, changed).text == changed
    assert not merge(base, changed, base).clashes


@given(TEXTS, TEXTS, TEXTS)
def test_nothing_new_is_ever_lost(base: str, theirs: str, yours: str) -> None:
    """A paragraph that somebody wrote stands in the merged text, or on their side of a clash."""
    merged, known = merge(base, theirs, yours), paragraphs(base)
    hers, his = (
        "\n\n".join(p.theirs or p.text for p in merged.parts),
        "\n\n".join(p.yours or p.text for p in merged.parts),
    )
    assert paragraphs(theirs) - known <= paragraphs(hers)
    assert paragraphs(yours) - known <= paragraphs(his)


@given(TEXTS, TEXTS, TEXTS)
def test_who_is_called_theirs_makes_no_difference(base: str, theirs: str, yours: str) -> None:
    one, other = merge(base, theirs, yours), merge(base, yours, theirs)
    assert one.clashes == other.clashes
    assert mirrored(one) == [(part.theirs, part.yours) for part in other.parts if part.kind == "clash"]


@given(CHOICES)
def test_different_paragraphs_always_merge(who: list[str]) -> None:
    """Each paragraph is changed by one of the two, or by nobody."""
    base = [f"Paragraph {n}" for n in range(len(who))]
    sides = {
        side: "\n\n".join(f"{text} by {side}" if one == side else text for text, one in zip(base, who, strict=True))
        for side in ("theirs", "yours")
    }
    expected = "\n\n".join(f"{text} by {one}" if one else text for text, one in zip(base, who, strict=True))
    assert merge("\n\n".join(base), **sides).text == expected


def test_the_largest_texts_are_merged_too() -> None:
    """100,000 characters in the worst of orders: what would square them takes hours."""
    many = [str(n) for n in range(15_000)]
    turned, thinned, same = merge_all(many, many[::-1], many[::2]), merge_all(many, many, many[::2]), ["a"] * 33_000
    assert turned.clashes
    assert thinned.text == "\n\n".join(many[::2])
    assert merge_all(same, [*same, "b"], ["c", *same]).text == "\n\n".join(["c", *same, "b"])


def merge_all(*texts: list[str]) -> Merged:
    return merge(*("\n\n".join(text) for text in texts))


def paragraphs(text: str) -> set[str]:
    """What somebody wrote: blank lines around it are the space between two of them."""
    return {block.text.strip("\n") for block in blocks(text) if block.text.strip()}


def mirrored(merged: Merged) -> list[tuple[str, str]]:
    return [(part.yours, part.theirs) for part in merged.parts if part.kind == "clash"]
