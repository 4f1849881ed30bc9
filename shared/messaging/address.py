"""Where the broker is and how to enter it: the value of JEJAK_KAFKA, the only place that knows its form.

Role: the key to the roads between the services. Used by everything that opens a connection to Kafka.
"""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class KafkaAddress:
    """`host:port[,host:port]`, or `user:secret@host:port…` for a broker that asks who comes. The secret is never shown."""

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
        return {
            "bootstrap_servers": self.servers,
            "security_protocol": "SASL_PLAINTEXT",
            "sasl_mechanism": "PLAIN",
            "sasl_plain_username": self.user,
            "sasl_plain_password": self.secret,
        }
