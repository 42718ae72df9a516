"""The orders in which tasks can be listed: each stands on an index of its own."""

from workspaces.rest.cursor import Key, day, moment, whole, word

ORDERS: dict[str, list[Key]] = {
    "-number": [Key("number", whole, down=True)],
    "number": [Key("number", whole)],
    "due": [Key("due", day, null=True), Key("number", whole)],
    "-due": [Key("due", day, down=True, null=True), Key("number", whole, down=True)],
    "updated_at": [Key("updated_at", moment), Key("number", whole, down=True)],
    "-updated_at": [Key("updated_at", moment, down=True), Key("number", whole)],
    "priority": [Key("priority", whole), Key("number", whole, down=True)],
    "-priority": [Key("priority", whole, down=True), Key("number", whole)],
    "rank": [Key("rank", word)],
}
