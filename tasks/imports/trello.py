"""Reads a Trello board export (JSON) into a Board, or says which field of the file is wrong."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TypeVar

from tasks.imports.board import Board, Card, Checklist, Column, Link, Omission, Person, Remark, Step, Tag
from tasks.imports.fault import ImportFault
from tasks.imports.reading import Node, load

# Trello's own limits, with room above them.
MAX_COLUMNS, MAX_CARDS, MAX_ACTIONS = 1_000, 20_000, 200_000
MAX_PEOPLE, MAX_TAGS, MAX_CHECKLISTS = 5_000, 2_000, 40_000
MAX_ON_A_CARD = 1_000
NAME, TEXT, ADDRESS, LONGEST_LINK = 16_384, 100_000, 16_384, 2_000

Thing = TypeVar("Thing", Tag, Person)

MADE_BY = {"createCard", "copyCard", "convertToCardFromCheckItem", "emailCard", "moveCardToBoard"}
SAID_BY = {"commentCard", "copyCommentCard"}


def parse(data: bytes) -> Board:
    """The board of an exported file; raises ImportFault and nothing else."""
    return parse_board(load(data))


def parse_board(root: Node) -> Board:
    """The board of an export that has been read already."""
    _look_like_a_board(root)
    known = _Known(
        tags=_by_id(_listed(root, "labels", MAX_TAGS), _tag),
        people=_by_id(_listed(root, "members", MAX_PEOPLE), _person),
        checklists=_checklists(root),
    )
    _read_actions(root, known)
    columns = _columns(root, known)
    _note_the_rest(root, known)
    return Board(
        id=root.need("id").identifier(),
        name=_name(root, "Imported board"),
        description=_text(root, "desc"),
        columns=columns,
        tags=tuple(known.tags.values()),
        people=tuple(known.people.values()),
        omissions=tuple(Omission(what, why) for what, why in known.omitted),
    )


@dataclass
class _Known:
    """What the cards refer to by identifier, gathered before they are read."""

    tags: dict[str, Tag]
    people: dict[str, Person]
    checklists: dict[str, list[Checklist]]
    remarks: dict[str, list[Remark]] = field(default_factory=lambda: defaultdict(list))
    births: dict[str, tuple[datetime, Person | None]] = field(default_factory=dict)
    omitted: list[tuple[str, str]] = field(default_factory=list)


def _look_like_a_board(root: Node) -> None:
    if not isinstance(root.value, dict) or not {"lists", "cards"} <= root.value.keys():
        raise ImportFault(
            "This is not a Trello board export: it should be one JSON object with “lists” and “cards”. "
            "In Trello choose Share → Print, export and share → Export as JSON."
        )


def _listed(node: Node, name: str, at_most: int) -> Iterator[Node]:
    """The entries of an optional list of objects."""
    found = node.get(name)
    return found.items(at_most) if found else iter(())


def _by_id(nodes: Iterable[Node], read: Callable[[Node], Thing]) -> dict[str, Thing]:
    return {thing.id: thing for thing in map(read, nodes)}


def _text(node: Node, name: str, at_most: int = TEXT) -> str:
    found = node.get(name)
    return found.text(at_most) if found else ""


def _name(node: Node, otherwise: str) -> str:
    """The name on one line; Trello lets people leave it empty."""
    found = node.get("name")
    return " ".join(found.text(NAME).split()) or otherwise if found else otherwise


def _flag(node: Node, name: str) -> bool:
    found = node.get(name)
    return found.flag() if found else False


def _position(node: Node) -> float:
    found = node.get("pos")
    return found.number() if found else 0.0


def _moment(node: Node, name: str) -> datetime | None:
    found = node.get(name)
    return found.moment() if found else None


def _tag(node: Node) -> Tag:
    colour = _text(node, "color", 64)
    shown = colour.split("_")[0].capitalize() or "Label"
    return Tag(node.need("id").identifier(), _name(node, shown), colour)


def _person(node: Node) -> Person:
    username = _text(node, "username", 256)
    full_name = node.get("fullName")
    name = " ".join(full_name.text(NAME).split()) if full_name else ""
    return Person(node.need("id").identifier(), name or username or "Somebody", username, _text(node, "email", 320))


def _checklists(root: Node) -> dict[str, list[Checklist]]:
    """The checklists by card, in their order on it."""
    found: dict[str, list[Checklist]] = defaultdict(list)
    for node in _in_order(_listed(root, "checklists", MAX_CHECKLISTS)):
        found[node.need("idCard").identifier()].append(_checklist(node))
    return found


def _in_order(nodes: Iterable[Node]) -> list[Node]:
    """By `pos`; where two are equal the file's own order holds."""
    return sorted(nodes, key=_position)


def _checklist(node: Node) -> Checklist:
    steps = (_step(item) for item in _in_order(_listed(node, "checkItems", MAX_ON_A_CARD)))
    return Checklist(node.need("id").identifier(), _name(node, "Checklist"), tuple(steps))


def _step(node: Node) -> Step:
    state = _text(node, "state", 32) or "incomplete"
    if state not in ("complete", "incomplete"):
        raise node.need("state").fault("This should be “complete” or “incomplete”.")
    return Step(node.need("id").identifier(), _name(node, "(no text)"), state == "complete")


def _read_actions(root: Node, known: _Known) -> None:
    """Comments, and when and by whom cards were made; the rest of the history stays in Trello."""
    for action in _listed(root, "actions", MAX_ACTIONS):
        kind = action.need("type").text(64)
        if kind in SAID_BY:
            _read_remark(action, known)
        elif kind in MADE_BY:
            known.births[_card_of(action)] = (action.need("date").moment(), _author(action, known))


def _card_of(action: Node) -> str:
    return action.need("data").need("card").need("id").identifier()


def _read_remark(action: Node, known: _Known) -> None:
    text = action.need("data").need("text").text(TEXT)
    said = Remark(action.need("id").identifier(), text, action.need("date").moment(), _author(action, known))
    if text.strip():
        known.remarks[_card_of(action)].append(said)


def _author(action: Node, known: _Known) -> Person | None:
    """Who acted: as listed among the members, else as written in the action, else nobody."""
    if member := action.get("memberCreator"):
        person = _person(member)
        return known.people.get(person.id, person)
    by_id = action.get("idMemberCreator")
    return known.people.get(by_id.identifier()) if by_id else None


def _columns(root: Node, known: _Known) -> tuple[Column, ...]:
    """The lists from left to right with their cards from top to bottom."""
    lists = _unique(_in_order(root.need("lists").items(MAX_COLUMNS)))
    cards = _unique(_in_order(root.need("cards").items(MAX_CARDS)))
    dealt: dict[str, list[Card]] = {identifier: [] for identifier in lists}
    for node in cards.values():
        place = node.need("idList")
        if place.identifier() not in dealt:
            raise place.fault("No list of this file has this identifier.")
        dealt[place.identifier()].append(_card(node, known))
    return tuple(_column(identifier, node, dealt[identifier]) for identifier, node in lists.items())


def _unique(nodes: Iterable[Node]) -> dict[str, Node]:
    """The nodes by their id; a second one with the same id is a fault of the file."""
    found: dict[str, Node] = {}
    for node in nodes:
        identifier = node.need("id")
        if identifier.identifier() in found:
            raise identifier.fault("Another entry has the same identifier.")
        found[identifier.identifier()] = node
    return found


def _column(identifier: str, node: Node, cards: list[Card]) -> Column:
    return Column(identifier, _name(node, "Untitled list"), _flag(node, "closed"), tuple(cards))


def _card(node: Node, known: _Known) -> Card:
    identifier = node.need("id").identifier()
    born, creator = known.births.get(identifier, (_time_in(identifier), None))
    remarks = known.remarks.pop(identifier, [])
    return Card(
        id=identifier,
        name=_name(node, "Untitled card"),
        description=_text(node, "desc"),
        due_at=_moment(node, "due"),
        due_met=_flag(node, "dueComplete"),
        closed=_flag(node, "closed"),
        created_at=born,
        creator=creator,
        tags=_tags(node, known),
        people=_people(node, known),
        checklists=tuple(known.checklists.pop(identifier, [])),
        links=tuple(_links(node, known)),
        remarks=tuple(sorted(remarks, key=lambda remark: remark.written_at)),
    )


def _time_in(identifier: str) -> datetime | None:
    """Trello's identifiers begin with the second they were made in, as eight hexadecimal digits."""
    try:
        moment = datetime.fromtimestamp(int(identifier[:8], 16), UTC)
    except ValueError:
        return None
    return moment if len(identifier) == 24 and 2010 <= moment.year <= 2100 else None


def _tags(node: Node, known: _Known) -> tuple[Tag, ...]:
    """The card's labels; each card repeats them whole, which helps where the board's list lacks one."""
    for repeated in _listed(node, "labels", MAX_ON_A_CARD):
        tag = _tag(repeated)
        known.tags.setdefault(tag.id, tag)
    names = [item.identifier() for item in _listed(node, "idLabels", MAX_ON_A_CARD)]
    if "idLabels" not in node.object():
        names = [item.need("id").identifier() for item in _listed(node, "labels", MAX_ON_A_CARD)]
    return tuple(_found(names, known.tags, known, f"A label of {node.place}"))


def _people(node: Node, known: _Known) -> tuple[Person, ...]:
    names = [item.identifier() for item in _listed(node, "idMembers", MAX_ON_A_CARD)]
    return tuple(_found(names, known.people, known, f"A member of {node.place}"))


def _found(names: list[str], things: dict[str, Thing], known: _Known, what: str) -> Iterator[Thing]:
    for name in dict.fromkeys(names):
        if name in things:
            yield things[name]
        else:
            known.omitted.append((what, f"The file does not say who or what “{name}” is."))


def _links(node: Node, known: _Known) -> Iterator[Link]:
    for item in _listed(node, "attachments", MAX_ON_A_CARD):
        url = item.need("url").text(ADDRESS).strip()
        if url.lower().startswith(("http://", "https://")) and len(url) <= LONGEST_LINK:
            yield Link(item.need("id").identifier(), _name(item, url)[:NAME], url)
        else:
            known.omitted.append(
                (f"An attachment of {node.place}", "Its address is not one on the web, or far too long.")
            )


def _note_the_rest(root: Node, known: _Known) -> None:
    """Names what was read but has no card, and what a board here does not have."""
    lost = sum(map(len, known.remarks.values()))
    if lost:
        known.omitted.append((_counted(lost, "comment"), "The card is no longer on the board."))
    if known.checklists:
        known.omitted.append((_counted(len(known.checklists), "checklist"), "The card is no longer on the board."))
    fields = sum(1 for _ in _listed(root, "customFields", MAX_TAGS))
    if fields:
        known.omitted.append((_counted(fields, "custom field"), "Custom fields are not imported."))


def _counted(number: int, what: str) -> str:
    return f"{number:,} {what}" if number == 1 else f"{number:,} {what}s"
