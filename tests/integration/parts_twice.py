"""A program for tests: `python -m tests.integration.parts_twice FOLDER write|read|hold` starts the parts
without services and prints one JSON line.

write: put a row, a message and a file.  read: find them again.  hold: like write, then wait to be killed.
"""

import asyncio
import json
import os
import sys
import time
from pathlib import Path
from typing import Any

import psycopg
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer

from deploy.local.instance import Instance
from deploy.local.seaweedfs import ARCHIVE_BUCKET, WORK_BUCKET
from deploy.messages import CannotStart
from shared.messaging.address import KafkaAddress
from shared.messaging.topics import topic_of
from shared.objects import s3
from shared.objects.address import S3Address

CONTENT = b"tanda terima"


async def write(instance: Instance) -> dict[str, Any]:
    with psycopg.connect(instance.database_url("intake", owner=True)) as owner:
        owner.execute("CREATE TABLE kept (what text)")
        owner.execute("INSERT INTO kept VALUES ('figure')")
    async with AIOKafkaProducer(**KafkaAddress.parse(instance.kafka).client(), acks="all") as producer:
        await producer.send_and_wait(topic_of("intake"), b"message", partition=0)
    objects = s3.connect(S3Address.from_url(instance.s3), work=WORK_BUCKET, archive=ARCHIVE_BUCKET)
    stored = await objects.work.put(CONTENT, media_type="text/plain")
    return {"key": stored.key}


async def read(instance: Instance) -> dict[str, Any]:
    with psycopg.connect(instance.database_url("intake", owner=True)) as owner:
        row = owner.execute("SELECT what FROM kept").fetchone()
    async with AIOKafkaConsumer(
        topic_of("intake"), **KafkaAddress.parse(instance.kafka).client(), auto_offset_reset="earliest"
    ) as consumer:
        message = await consumer.getone()
    objects = s3.connect(S3Address.from_url(instance.s3), work=WORK_BUCKET, archive=ARCHIVE_BUCKET)
    listed = await objects.work.listing("")
    content = await objects.work.get(listed[0].key)
    return {
        "row": row[0] if row else None,
        "message": (message.value or b"").decode(),
        "file": content.decode(),
    }


def main(folder: Path, what: str) -> int:
    said: list[str] = []
    try:
        with Instance(folder, parts="real", services=False, say=said.append) as instance:
            found = asyncio.run(read(instance) if what == "read" else write(instance))
            facts = {"user": os.geteuid(), "said": said, "parts": instance.table(), **found}
            sys.stdout.write(json.dumps(facts) + "\n")
            sys.stdout.flush()
            if what == "hold":
                time.sleep(3600)
    except CannotStart as reason:
        sys.stdout.write(json.dumps({"failure": reason.key, "sentence": str(reason)}) + "\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2]))
