"""Which sentences of an answer are borne out by what they cite. Decided by code: no model vouches for itself."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

MOST = 12  # sentences
LONGEST = 400  # characters of one
KEY = re.compile(r"\b[A-Z][A-Z0-9]{1,7}-[1-9][0-9]{0,8}\b")
NUMBER = re.compile(r"\d+(?:[.,:]\d+)*")
WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
LEADS_OUT = re.compile(
    r"://|\bwww\.|\]\(|!\[|<[a-z/!]|\bmailto:|\bdata:|\S@\S|\b[\w-]+\.(?:com|net|org|io|dev|app|example)\b", re.I
)
QUOTED = re.compile(r"[“„\"«]([^”“\"»]{2,})[”“\"»]")
SAID = {
    word: number
    for number, word in enumerate("zero one two three four five six seven eight nine ten eleven twelve".split())
}
# what a sentence claims → the kind of fact that it must cite
CLAIMS = {
    "late": re.compile(r"\b(late|overdue|past due|missed)\b", re.I),
    "blocked": re.compile(r"\b(block(s|ed|ing)?|wait(s|ing)?|depends?)\b", re.I),
    "stale": re.compile(r"\b(stale|untouched|idle|stuck|stalled)\b", re.I),
    "overloaded": re.compile(r"\b(overload(ed)?|too much|capacity|over (its|the) limit)\b", re.I),
}
DENIES = re.compile(r"\b(not|never|no longer|none|nothing)\b|n['’]t\b", re.I)


@dataclass(frozen=True)
class Given:
    """A fact that was given to the model: how it is cited, what it says, where it stands."""

    cite: str
    kind: str
    words: str
    url: str = ""
    names: tuple[str, ...] = ()  # people and columns it tells of


@dataclass(frozen=True)
class Sentence:
    """A sentence with the facts that bear it out; `why` says why there are none."""

    text: str
    facts: tuple[Given, ...] = ()
    why: str = ""


def borne_out(said: Any, given: Sequence[Given]) -> tuple[list[Sentence], list[Sentence]]:
    """The sentences that stand, and those that do not, with why: `said` is a list of `{"text", "cites"}`."""
    judged = [_judged(one, given) for one in said[:MOST]] if isinstance(said, list) else []
    return [one for one in judged if not one.why], [one for one in judged if one.why]


def _judged(said: Any, given: Sequence[Given]) -> Sentence:
    text, cites = (said.get("text"), said.get("cites")) if isinstance(said, dict) else (None, None)
    if not isinstance(text, str) or not isinstance(cites, list) or not all(isinstance(one, str) for one in cites):
        return Sentence("", why="it is no sentence with citations")
    text = " ".join(text.split())
    facts = tuple(fact for fact in given if fact.cite in cites)
    if unknown := set(cites) - {fact.cite for fact in facts}:
        return Sentence(text[:LONGEST], why=f"it cites {sorted(unknown)[0][:40]}, which was not given")
    why = next((words for check in CHECKS if (words := check(text, facts, given))), "")
    return Sentence(text[:LONGEST], () if why else facts, why)


def _form(text: str, facts: Sequence[Given], given: Sequence[Given]) -> str:
    if not facts:
        return "it cites nothing"
    if not 3 <= len(text) <= LONGEST:
        return "it is too long for a sentence, or none"
    return "it leads out of the workspace" if LEADS_OUT.search(text) else ""


def _keys(text: str, facts: Sequence[Given], given: Sequence[Given]) -> str:
    loose = set(KEY.findall(text)) - {key for fact in facts for key in KEY.findall(f"{fact.cite} {fact.words}")}
    return f"it names {sorted(loose)[0]} without citing it" if loose else ""


def _numbers(text: str, facts: Sequence[Given], given: Sequence[Given]) -> str:
    """Each is in a cited fact, or counts the facts that are cited."""
    known = {number for fact in facts for number in _counted(f"{fact.cite} {fact.words}")}
    kinds = [fact.kind for fact in facts]
    known |= {str(len(facts)), str(len({fact.cite for fact in facts})), *(str(kinds.count(kind)) for kind in kinds)}
    loose = [number for number in _counted(text) if number not in known and number != "1"]
    return f"the number {loose[0]} is in none of its facts" if loose else ""


def _counted(text: str) -> list[str]:
    bare = KEY.sub(" ", text)
    return NUMBER.findall(bare) + [str(SAID[word]) for word in bare.lower().split() if word in SAID]


def _names(text: str, facts: Sequence[Given], given: Sequence[Given]) -> str:
    """Names of people and columns, words that are written like names, and quotations stand in the cited facts."""
    there = " ".join(f"{fact.cite} {fact.words}" for fact in facts).casefold()
    known = set(WORD.findall(there))
    named = {name for fact in given for name in fact.names if re.search(rf"\b{re.escape(name)}\b", text, re.I)}
    loose = sorted(name for name in named if name.casefold() not in there)
    loose += [word for word in _capitals(text) if word.casefold().removesuffix("'s").removesuffix("’s") not in known]
    loose += [words for words in QUOTED.findall(text) if words.strip(" .,").casefold() not in there]
    return f"{loose[0][:40]} is in none of its facts" if loose else ""


def _capitals(text: str) -> Iterable[str]:
    """Words with a capital letter that is not the sentence's own."""
    bare = KEY.sub("x", text)
    for found in WORD.finditer(bare):
        before = bare[: found.start()].rstrip(" “„\"«'(")
        if found[0][0].isupper() and before and before[-1] not in ".!?:" and found[0] != "I":
            yield found[0]


def _claims(text: str, facts: Sequence[Given], given: Sequence[Given]) -> str:
    """It says late of what is late; and it is about what it cites."""
    kinds = {fact.kind for fact in facts}
    claimed = {kind for kind, words in CLAIMS.items() if words.search(QUOTED.sub("", text))}
    if claimed and DENIES.search(text):
        return "it denies what its facts say"
    if loose := [kind for kind in CLAIMS if kind in claimed and kind not in kinds and not _words_say(kind, facts)]:
        return f"none of its facts says {loose[0]}"
    apart = [fact.cite for fact in facts if not (fact.kind in claimed or _mentions(text, fact))]
    return f"it does not speak of {apart[0][:40]}" if apart else ""


def _words_say(kind: str, facts: Sequence[Given]) -> bool:
    return any(CLAIMS[kind].search(QUOTED.sub("", fact.words)) for fact in facts)


def _mentions(text: str, fact: Given) -> bool:
    low = text.casefold()
    if fact.cite.partition(":")[2].casefold() in low if ":" in fact.cite else fact.cite.casefold() in low:
        return True
    said = {word for word in WORD.findall(low) if len(word) > 3}
    return bool(said & {word for word in WORD.findall(fact.words.casefold()) if len(word) > 3})


CHECKS = (_form, _keys, _numbers, _names, _claims)
