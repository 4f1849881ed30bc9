"""Where the broker is and how to enter it: the value of JEJAK_KAFKA, the only place that knows its form.

Role: the key to the roads between the services. Used by everything that opens a connection to Kafka.
"""

import logging
from dataclasses import dataclass, field
from typing import Any, Final

LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "[::1]"})


@dataclass(frozen=True, slots=True)
class KafkaAddress:
    """`host:port[,host:port]`, or `user:secret@host:port…` for a broker that asks who comes.
    The secret is never shown.
    """

    servers: str
    user: str = ""
    secret: str = field(default="", repr=False)

    @classmethod
    def parse(cls, text: str) -> "KafkaAddress":
        """Reads the one-line form; what stands before the last `@` is user and secret."""
        entering, _, servers = text.rpartition("@")
        user, _, secret = entering.partition(":")
        return cls(servers, user, secret)

    def client(self) -> dict[str, Any]:
        """The options that every client of aiokafka takes."""
        if not self.user:
            return {"bootstrap_servers": self.servers}
        if self.stays_here:
            logging.getLogger("aiokafka.conn").addFilter(_not_in_the_clear)
        return {
            "bootstrap_servers": self.servers,
            "security_protocol": "SASL_PLAINTEXT",
            "sasl_mechanism": "PLAIN",
            "sasl_plain_username": self.user,
            "sasl_plain_password": self.secret,
        }

    @property
    def stays_here(self) -> bool:
        """Whether every server is this machine itself, so that nothing said to it is on a wire."""
        return {server.rpartition(":")[0] for server in self.servers.split(",")} <= LOOPBACK


def _not_in_the_clear(record: logging.LogRecord) -> bool:
    """Drops aiokafka's warning that a secret travels unencrypted, at every connection,
    where it does not travel.
    """
    return "in the clear" not in str(record.msg)
