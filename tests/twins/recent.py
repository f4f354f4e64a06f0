"""Recent attempts as lists, looked through from end to end."""


class RecentTwin:
    def __init__(self) -> None:
        self.attempts: dict[int, list[int]] = {}
        self.conversations: dict[int, list[int]] = {}

    def record(self, subject: int, at: int, conversation: bool) -> None:
        kind = self.conversations if conversation else self.attempts
        kind.setdefault(subject, []).append(at)

    def allows(self, subject: int, at: int, attempts: int, period_ms: int, quiet_ms: int) -> bool:
        """Whether one more attempt at ``at`` keeps every window of the period within the cap."""
        if attempts:
            in_window = [then for then in self.attempts.get(subject, []) if then > at - period_ms]
            if period_ms and len(in_window) >= attempts:
                return False
        return all(then + quiet_ms <= at for then in self.conversations.get(subject, []))

    def kept(self, now: int, keep_ms: int) -> set[int]:
        """Subjects that something younger than ``keep_ms`` is known of."""
        return {
            subject
            for kind in (self.attempts, self.conversations)
            for subject, instants in kind.items()
            if any(then > now - keep_ms for then in instants)
        }
