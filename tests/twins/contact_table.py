"""A contact table that is obviously right: a dict from keys to rows, and a list of dicts."""

from dataclasses import dataclass, field

NUMBER_MAX = 999_999_999_999_999


@dataclass
class Number:
    number: int
    kind: int = 0
    from_minute: int = 0
    until_minute: int = 1440
    attempts: int = 0
    state: int = 0


@dataclass
class Contact:
    key: str
    numbers: list[Number]
    zone: int = 0
    number_next: int = 0
    attempts: int = 0
    day: int = 0
    day_attempts: int = 0
    last_attempt_at: int = 0
    next_due_at: int = 0
    state: int = 0
    sequence: int = 0
    marks: int = 0
    reason: int = 0


@dataclass
class ContactTable:
    row_of: dict[str, int] = field(default_factory=dict)
    contacts: list[Contact | None] = field(default_factory=list)
    free: list[int] = field(default_factory=list)

    def upsert(
        self, key: str, numbers: list[Number], zone: int | None, sequence: int = 0
    ) -> tuple[int, bool] | None:
        """The row and whether it is new; None for what is refused."""
        given: dict[int, Number] = {}
        for number in numbers:
            if number.number:
                given.setdefault(number.number, number)
        good_key = 1 <= len(key.encode("utf-8", "surrogatepass")) <= 64 and "\0" not in key
        if not good_key or not given or not all(1 <= number <= NUMBER_MAX for number in given):
            return None
        if key in self.row_of:
            self.update(self.contact(key), list(given.values()), zone)
            return self.row_of[key], False
        row = self.free.pop() if self.free else len(self.contacts)
        if row == len(self.contacts):
            self.contacts.append(None)
        self.contacts[row] = Contact(key, list(given.values()), zone or 0, sequence=sequence)
        self.row_of[key] = row
        return row, True

    def contact(self, key: str) -> Contact:
        contact = self.contacts[self.row_of[key]]
        if contact is None:
            raise KeyError(key)
        return contact

    def update(self, contact: Contact, numbers: list[Number], zone: int | None) -> None:
        known = {number.number: number for number in contact.numbers}
        turn = contact.numbers[contact.number_next].number
        for number in numbers:
            if number.number in known:
                number.attempts = known[number.number].attempts
                number.state = known[number.number].state
        order = [number.number for number in numbers]
        contact.numbers = numbers
        contact.number_next = order.index(turn) if turn in order else 0
        if zone is not None:
            contact.zone = zone

    def remove(self, key: str) -> None:
        row = self.row_of.pop(key)
        self.contacts[row] = None
        self.free.append(row)

    def count_attempt(self, key: str, i: int, at: int, day: int) -> None:
        contact = self.contact(key)
        contact.numbers[i].attempts += 1
        contact.attempts += 1
        contact.day_attempts = contact.day_attempts + 1 if contact.day == day else 1
        contact.day = day
        contact.last_attempt_at = at
