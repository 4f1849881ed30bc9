"""The keys of all services as tests know them; never those of an installation."""

import base64
import hashlib

from shared.messaging.envelope import Message
from shared.messaging.signing import HEADER, Keys, Signer, message_digest
from shared.service_names import SERVICES

SEEDS = {service: hashlib.sha256(f"test {service}".encode()).digest() for service in SERVICES}
SIGNERS = {service: Signer(service, seed) for service, seed in SEEDS.items()}
KEYS = Keys({service: [signer.public] for service, signer in SIGNERS.items()})


def told(service: str) -> dict[str, str]:
    """The environment by which a service knows its key and those of all."""
    keys = ",".join(f"{name}={signer.public.hex()}" for name, signer in SIGNERS.items())
    return {"JEJAK_SIGNING_KEY": base64.b64encode(SEEDS[service]).decode(), "JEJAK_PRODUCER_KEYS": keys}


def sealed(message: Message, signer: Signer | None = None) -> Message:
    """The message with a fresh seal of the service whose topic it is in, or of another."""
    bare = without_seal(message)
    (seal,) = (signer or SIGNERS[message.source]).seals([message_digest(bare)])
    return Message(
        bare.topic, bare.partition, bare.offset, bare.key, bare.value, (*bare.headers, (HEADER, seal))
    )


def without_seal(message: Message) -> Message:
    kept = tuple((name, value) for name, value in message.headers if name != HEADER)
    return Message(message.topic, message.partition, message.offset, message.key, message.value, kept)
