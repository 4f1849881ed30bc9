"""Ports: free the first time, the same ever after, another when somebody else took it."""

import socket
from pathlib import Path

from deploy.local import ports


def test_free_ports_are_different_and_no_outgoing_connection_can_take_them_or_their_second_port() -> None:
    found = ports.free_ports(40)
    both = [*found, *(port + ports.GRPC for port in found)]
    assert len(set(both)) == 80
    assert all(10_000 < port < 32_768 and ports.is_free(port) for port in both)


def test_an_installation_keeps_its_ports(tmp_path: Path) -> None:
    first = ports.remembered_ports(tmp_path / "ports.json", ["postgres", "kafka"])
    assert ports.remembered_ports(tmp_path / "ports.json", ["kafka", "postgres"]) == first


def test_a_port_that_somebody_took_meanwhile_is_replaced_and_the_others_stay(tmp_path: Path) -> None:
    first = ports.remembered_ports(tmp_path / "ports.json", ["postgres", "kafka"])
    with socket.socket() as intruder:
        intruder.bind((ports.LOOPBACK, first["kafka"]))
        intruder.listen()
        second = ports.remembered_ports(tmp_path / "ports.json", ["postgres", "kafka"])
    assert second["postgres"] == first["postgres"]
    assert second["kafka"] != first["kafka"]


def test_a_port_answers_only_while_something_listens() -> None:
    with socket.socket() as server:
        server.bind((ports.LOOPBACK, 0))
        port = server.getsockname()[1]
        assert not ports.answers(port)
        server.listen()
        assert ports.answers(port)
