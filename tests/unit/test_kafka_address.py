"""JEJAK_KAFKA in both its forms."""

import logging

import pytest

from shared.messaging.address import KafkaAddress
from shared.messaging.faust.app import build


@pytest.mark.parametrize("text", ["127.0.0.1:9092", "one:9092,two:9092"])
def test_an_address_without_a_secret_is_entered_plainly(text: str) -> None:
    assert KafkaAddress.parse(text).client() == {"bootstrap_servers": text}


def test_user_and_secret_go_to_the_client_and_are_never_shown() -> None:
    address = KafkaAddress.parse("jejak:s3cr:et@one:9092,two:9092")
    assert (address.servers, address.user, address.secret) == ("one:9092,two:9092", "jejak", "s3cr:et")
    client = address.client()
    assert (client["bootstrap_servers"], client["sasl_plain_username"], client["sasl_plain_password"]) == (
        address.servers,
        "jejak",
        "s3cr:et",
    )
    assert "s3cr" not in repr(address)


def test_a_faust_app_enters_with_the_same_secret() -> None:
    app = build("intake", "jejak:s3cret@127.0.0.1:9092", "1")
    assert [str(url) for url in app.conf.broker] == ["aiokafka://127.0.0.1:9092"]
    assert app.conf.broker_credentials.password == "s3cret"
    assert build("intake", "127.0.0.1:9092", "1").conf.broker_credentials is None


def test_the_warning_about_a_secret_in_the_clear_is_kept_for_the_network(
    caplog: pytest.LogCaptureFixture,
) -> None:
    connections = logging.getLogger("aiokafka.conn")
    for known in list(connections.filters):
        connections.removeFilter(known)
    KafkaAddress.parse("jejak:s3cret@kafka.example:9092").client()
    connections.warning("Sending username and password in the clear")
    KafkaAddress.parse("jejak:s3cret@127.0.0.1:9092").client()
    connections.warning("Sending username and password in the clear")
    connections.warning("Unable to connect")
    assert [record.message for record in caplog.records] == [
        "Sending username and password in the clear",
        "Unable to connect",
    ]
