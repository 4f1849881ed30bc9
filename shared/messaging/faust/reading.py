"""The read patch: what aiokafka cannot read is handed on as a message without anything in it,
and the partition goes on.

A header's name that is no UTF-8, or a compression that is not installed here, makes aiokafka raise while it
unpacks what it fetched; it then fetches the same again, for ever. Whoever may write to a topic could stop its
partition for all readers. So each record that cannot be unpacked takes its place in the log as an empty one:
the consumer parks it as forged, with topic, partition and offset.
"""

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any, Final

import structlog
from aiokafka.consumer.fetcher import PartitionRecords

log = structlog.get_logger()

MOST: Final = 100_000  # records of one batch; a broker takes none that says it has more
_ORIGINAL = PartitionRecords._unpack_records  # noqa: SLF001


class _Batch:
    """A batch of which every record can be read, if only as an empty one."""

    def __init__(self, batch: Any, place: Any) -> None:
        self._batch, self._place = batch, place

    def __getattr__(self, name: str) -> Any:
        return getattr(self._batch, name)

    def validate_crc(self) -> bool:
        """Always: a batch that is damaged gives empty records instead."""
        return True

    def __next__(self) -> Any:
        return next(self._batch)

    def __iter__(self) -> Iterator[Any]:
        after = self._batch.base_offset
        try:
            for record in self._batch if self._batch.validate_crc() else ():
                yield record
                after = record.offset + 1
        except Exception:
            log.exception(
                "records-unreadable", topic=self._place.topic, partition=self._place.partition, first=after
            )
        for offset in range(after, min(self._batch.next_offset, after + MOST)):
            yield SimpleNamespace(
                offset=offset, timestamp=0, timestamp_type=0, key=None, value=None, checksum=None, headers=()
            )


class _Batches:
    """What was fetched of a partition."""

    def __init__(self, records: Any, place: Any) -> None:
        self._records, self._place = records, place

    def has_next(self) -> bool:
        return bool(self._records.has_next())

    def next_batch(self) -> _Batch:
        return _Batch(self._records.next_batch(), self._place)


def _unpack_records(fetched: Any) -> Iterator[Any]:
    fetched._records = _Batches(fetched._records, fetched._tp)  # noqa: SLF001
    unpacked: Iterator[Any] = _ORIGINAL(fetched)
    return unpacked


def patch() -> None:
    """Puts the patch in place for all consumers of this process; again is harmless."""
    PartitionRecords._unpack_records = _unpack_records  # noqa: SLF001
