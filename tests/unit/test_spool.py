"""Taking a stream in: hashed on the way, stopped at its limit, gone afterwards."""

import hashlib
from collections.abc import AsyncIterator

import pytest

from shared.objects.spool import TooLarge, spooled


async def stream(*chunks: bytes) -> AsyncIterator[bytes]:
    for chunk in chunks:
        yield chunk


async def test_a_stream_becomes_a_file_with_its_digest_and_size() -> None:
    async with spooled(stream(b"satu", b"", b"dua"), limit=7) as file:
        assert file.path.read_bytes() == b"satudua"
        assert (file.digest, file.size, file.head) == (hashlib.sha256(b"satudua").hexdigest(), 7, b"satudua")
    assert not file.path.exists()


async def test_one_byte_too_many_ends_it() -> None:
    taken: list[bytes] = []

    async def endless() -> AsyncIterator[bytes]:
        while True:
            taken.append(b"x" * 10)
            yield taken[-1]

    with pytest.raises(TooLarge) as refusal:
        async with spooled(endless(), limit=19):
            pytest.fail("nothing should have been handed on")
    assert (refusal.value.limit, len(taken)) == (19, 2)


async def test_only_the_first_bytes_are_kept_for_telling_the_type() -> None:
    async with spooled(stream(b"a" * 5000, b"b" * 5000), limit=10000) as file:
        assert file.head == b"a" * 4096
