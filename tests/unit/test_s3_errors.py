"""The client's many errors become the four of the port."""

from types import SimpleNamespace

import pytest
import urllib3
from minio.error import InvalidResponseError, MinioException, S3Error, ServerError

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
    ids=lambda value: value.__name__ if isinstance(value, type) else str(getattr(value, "code", "") or type(value).__name__),
)
def test_an_error_of_the_client_is_said_in_the_words_of_the_port(said: MinioException, meant: type[ObjectTrouble]) -> None:
    with pytest.raises(meant, match="arsip") as trouble, answers("arsip/kunci"):
        raise said
    assert type(trouble.value) is meant


def test_an_error_that_is_not_the_stores_passes_unchanged() -> None:
    with pytest.raises(KeyError), answers("arsip"):
        raise KeyError("x")
