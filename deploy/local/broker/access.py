"""Who may do what at the broker: each service writes its own topic, reads the topics of all and their
settings, and keeps its place in a group of its own.

The administrator makes topics and grants; no service may.
Granting again changes nothing, so it is done at every start of the broker.
"""

from collections.abc import Iterator
from typing import Any, Final

from deploy.local.supervision.aside import run
from deploy.messages import CannotStart
from shared.messaging.address import KafkaAddress
from shared.messaging.topics import PREFIX, ensure_topics, topic_of
from shared.service_names import SERVICES

GROUP: Final = "jejak-{service}"
Right = tuple[str, str, str, str, str]
"""Principal, kind of thing, its name, how the name is meant, what may be done."""
_WITHIN_S: Final = 20


def rights() -> Iterator[Right]:
    """Everything that is granted; whatever is not here is refused.
    Also the list that an administrator of another broker needs.
    """
    for service in SERVICES:
        yield f"User:{service}", "TOPIC", topic_of(service), "LITERAL", "WRITE"
        yield f"User:{service}", "TOPIC", PREFIX, "PREFIXED", "READ"
        yield f"User:{service}", "TOPIC", PREFIX, "PREFIXED", "DESCRIBE_CONFIGS"
        yield f"User:{service}", "GROUP", GROUP.format(service=service), "LITERAL", "READ"


def prepare_broker(bootstrap: str, *, ours: bool) -> None:
    """Makes topics as the administrator, and at a broker of ours says who may do what."""
    run(ensure_topics(bootstrap))
    if ours:
        grant(bootstrap)


def grant(bootstrap: str) -> None:
    """Grants them at a broker that was entered as its administrator. Raises CannotStart when it refuses."""
    from confluent_kafka import KafkaException
    from confluent_kafka.admin import (  # type: ignore[attr-defined]  # exported, though not by name
        AclBinding,
        AclOperation,
        AclPermissionType,
        AdminClient,
        ResourcePatternType,
        ResourceType,
    )

    wanted = [
        AclBinding(
            ResourceType[kind],
            name,
            ResourcePatternType[meant],
            who,
            "*",
            AclOperation[what],
            AclPermissionType.ALLOW,
        )
        for who, kind, name, meant, what in rights()
    ]
    # warnings and worse: at its end it says how much it had nothing to do with
    admin = AdminClient({**client_options(bootstrap), "log_level": 4})
    try:
        for answer in admin.create_acls(wanted, request_timeout=_WITHIN_S).values():
            answer.result(_WITHIN_S)
    except KafkaException as error:
        raise CannotStart("broker-rights", reason=str(error)) from error


def client_options(bootstrap: str) -> dict[str, Any]:
    """An address in the form of JEJAK_KAFKA as librdkafka takes it."""
    address = KafkaAddress.parse(bootstrap)
    return {
        "bootstrap.servers": address.servers,
        "security.protocol": "SASL_PLAINTEXT",
        "sasl.mechanism": "PLAIN",
        "sasl.username": address.user,
        "sasl.password": address.secret,
    }
