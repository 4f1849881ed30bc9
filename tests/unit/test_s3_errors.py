"""The client's many errors become the four of the port."""

from types import SimpleNamespace

import pytest
import urllib3
from minio.error import InvalidResponseError, MinioException, S3Error, ServerError

from shared.objects import s3_client
from shared.objects.port import Denied, NotThere, ObjectTrouble, StoreAway
from shared.objects.s3_client import answers


def s3_error(status: int, code: str) -> S3Error:
    return S3Error(SimpleNamespace(status=status), code, "pesan", "/r", "id", "host")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        (s3_error(403, "AccessDenied"), Denied),
        (s3_error(400, "InvalidRequest"), Denied),
        (s3_error(409, "OperationAborted"), Denied),
        (s3_error(404, "NoSuchKey"), NotThere),
        (s3_error(404, "ObjekHilang"), NotThere),
        (s3_error(400, "NoSuchVersion"), NotThere),
        (s3_error(500, "InternalError"), StoreAway),
        (s3_error(503, "SlowDown"), StoreAway),
        (InvalidResponseError(403, "text/html", "<h1>"), Denied),
        (InvalidResponseError(502, "text/html", "<h1>"), StoreAway),
        (ServerError("rusak", 500), StoreAway),
        (urllib3.exceptions.ProtocolError("putus"), StoreAway),
    ],
    ids=lambda value: (
        value.__name__ if isinstance(value, type) else str(getattr(value, "code", "") or type(value).__name__)
    ),
)
def test_an_error_of_the_client_is_said_in_the_words_of_the_port(
    said: MinioException, meant: type[ObjectTrouble]
) -> None:
    with pytest.raises(meant, match="arsip") as trouble, answers("arsip/kunci"):
        raise said
    assert type(trouble.value) is meant


def test_an_error_that_is_not_the_stores_passes_unchanged() -> None:
    with pytest.raises(KeyError), answers("arsip"):
        raise KeyError("x")


class Racing:
    """A store in which somebody else makes the same bucket at the same moment."""

    def __init__(self, *answered: str) -> None:
        self.answered, self.made = list(answered), False

    def bucket_exists(self, _bucket: str) -> bool:
        return self.made

    def make_bucket(self, _bucket: str, *, object_lock: bool) -> None:
        assert object_lock
        if self.answered:
            raise s3_error(404, self.answered.pop(0))
        self.made = True


@pytest.mark.parametrize("answered", [[], ["NoSuchBucket"], ["NoSuchBucket"] * 3])
def test_a_bucket_that_is_being_made_by_somebody_else_is_asked_for_again(
    answered: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(s3_client.time, "sleep", lambda _seconds: None)
    store = Racing(*answered)
    s3_client._ensure(store, "arsip", True)  # type: ignore[arg-type]
    assert store.made


def test_a_bucket_that_can_never_be_made_is_said_to_be_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(s3_client.time, "sleep", lambda _seconds: None)
    with pytest.raises(NotThere):
        s3_client._ensure(Racing(*["NoSuchBucket"] * 9), "arsip", True)  # type: ignore[arg-type]
