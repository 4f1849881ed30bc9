"""Facts of who copies what: replicas of the database server, copies of topics at the brokers.

Previous hop: `looking.py`. Next hop: `checks.py`. Looks only; changes nothing.
"""

import json
from pathlib import Path

import psycopg
from aiokafka.errors import KafkaError

from deploy.doctor.facts import Replicas
from deploy.local import ports
from deploy.local.broker import kafka
from deploy.local.postgres.databases import Server
from deploy.local.supervision.aside import run
from deploy.local.wanted import Existing
from shared.messaging.copies import Copies
from shared.messaging.topics import copies_at


def replicas(there: Server) -> Replicas | None:
    """Who copies from the server, as it says itself; None where it does not say."""
    try:
        with psycopg.connect(there.admin_url, connect_timeout=5) as conn:
            row = conn.execute(
                "SELECT current_setting('synchronous_standby_names'), count(*), "
                "count(*) FILTER (WHERE sync_state IN ('sync', 'quorum')), "
                "coalesce(max(extract(epoch FROM replay_lag)), 0)::float FROM pg_stat_replication"
            ).fetchone()
    except psycopg.Error:
        return None
    return Replicas(*row) if row else None


def topics(address: str) -> tuple[Copies, ...] | None:
    """How many copies of each topic there are, asked as the administrator; None where it does not say."""
    found: list[Copies] = []

    async def ask() -> None:
        found.extend(await copies_at(address))

    try:
        run(ask())
    except (KafkaError, OSError):
        return None
    return tuple(found)


def broker(folder: Path, existing: Existing) -> str:
    """The broker of the installation as its administrator enters it; empty for an embedded one, which keeps
    no copies.
    """
    if existing.kafka:
        return existing.kafka
    try:
        port = json.loads((folder / "ports.json").read_text())["kafka"]
        secret = (folder / "secrets" / "kafka").read_text()
    except (OSError, ValueError, KeyError):
        return ""
    return f"{kafka.ADMIN}:{secret}@{ports.LOOPBACK}:{port}"
