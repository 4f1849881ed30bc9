"""Opening: what messages bring, event by event, or why it is not believed; and what of it goes together.

An event's way, hop 6, the beginning. Previous hop: `consumer`, with messages of an agent. Next hop:
`consumer` again, with events. A bundle is opened here, so that whatever comes later deals with one event.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence

from shared.messaging import bundles, envelope
from shared.messaging.bundles import Arrived, Bundled
from shared.messaging.envelope import Message, Received, Undecodable
from shared.messaging.signing import Forged, Keys

Unreadable = Forged | Undecodable
Readable = tuple[Arrived, Received]


def found_in(messages: Iterable[Arrived], keys: Keys) -> Iterator[tuple[Arrived, Received | Unreadable]]:
    """The events that messages bring, in order, each with what brought it; or why there is none."""
    for message in messages:
        try:
            several = (message,) if isinstance(message, Bundled) else bundles.opened(message, keys)
        except (Forged, Undecodable) as error:
            yield message, error
            continue
        for one in several:
            try:
                yield one, read(one, keys)
            except (Forged, Undecodable) as error:
                yield one, error


def read(one: Arrived, keys: Keys) -> Received:
    """The event that a message carries. Raises Forged when it is not from whom it says,
    Undecodable when it cannot be read.
    """
    if isinstance(one, Bundled):
        return one.read()
    keys.check(one)
    return envelope.read(one)


def alone(arrived: Arrived) -> Message:
    """As what it is parked: one message, which can be believed without the others."""
    return arrived.message() if isinstance(arrived, Bundled) else arrived


def alike(pending: Sequence[Readable], wants: Collection[tuple[str, str]] | None) -> Sequence[Readable]:
    """As many as go together: all where only cursors move, and alone what a service reacts to, so that a
    reaction that fails is nobody else's matter. Who wants everything takes it together.
    """
    if wants is None:
        return pending
    concerns = (number for number, (_, event) in enumerate(pending) if (event.source, event.type) in wants)
    return pending[: next(concerns, len(pending)) or 1]
