"""What the local Kafka is formatted with."""

import uuid

import pytest

from deploy.local.broker import kafka


def test_a_cluster_id_never_looks_like_an_option(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = iter(
        [
            uuid.UUID(bytes=b"\xf8" + bytes(15)),
            uuid.UUID(bytes=b"\xfb" + bytes(15)),
            uuid.UUID(bytes=b"\x04" + bytes(15)),
        ]
    )
    monkeypatch.setattr(kafka.uuid, "uuid4", lambda: next(drawn))
    assert kafka.cluster_id() == "BAAAAAAAAAAAAAAAAAAAAA"
    assert next(drawn, None) is None
