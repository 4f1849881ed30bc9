"""Read models of verification: what the queue, one submission and the endorsement page show.

Each table is written from events of one source only, so that a rebuild may read source by source.
"""

from sqlalchemy import Boolean, Column, Date, DateTime, Integer, MetaData, Table, Text
from sqlalchemy.dialects.postgresql import JSONB

from shared.known_cycles.tables import cycle_tables

metadata = MetaData()

# from intake

cycles = cycle_tables(metadata)

expected = Table(
    "expected",
    metadata,
    Column("submission", Text, primary_key=True),
    Column("cycle", Text, nullable=False, index=True),
    Column("agency", Text, nullable=False),
    Column("agency_name", Text, nullable=False),
    Column("period", Text, nullable=False),
    Column("services", JSONB, nullable=False),
)

signed_sheet = Table(
    "signed_sheet",
    metadata,
    Column("submission", Text, primary_key=True),
    Column("sheet", Text, primary_key=True),
    Column("digest", Text, primary_key=True),
    Column("revision", Integer, nullable=False),
    Column("file", JSONB, nullable=False),
    Column("by", Text, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
)

# from verification itself

verification = Table(
    "verification",
    metadata,
    Column("stream", Text, primary_key=True),
    Column("cycle", Text, nullable=False, index=True),
    Column("submission", Text, nullable=False, unique=True),
    Column("agency", Text, nullable=False),
    Column("agency_name", Text, nullable=False),
    Column("period", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("status", Text, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("digest", Text, nullable=False),
    Column("contributors", JSONB, nullable=False),
    Column("handed_in_by", Text, nullable=False),
    Column("handed_in_on", Date, nullable=False),
    Column("reason", Text, nullable=False),
    Column("notes", JSONB, nullable=False),
    Column("last_act", Text, nullable=False),
    Column("last_by", Text, nullable=False),
    Column("last_at", DateTime(timezone=True), nullable=False),
)

revision = Table(
    "revision",
    metadata,
    Column("stream", Text, primary_key=True),
    Column("revision", Integer, primary_key=True),
    Column("digest", Text, nullable=False),
    Column("figures", JSONB, nullable=False),
    Column("evidence", JSONB, nullable=False),
    Column("changes", JSONB, nullable=False),
    Column("explanations", JSONB, nullable=False, server_default="[]"),
)

trail = Table(
    "act",
    metadata,
    Column("stream", Text, primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("act", Text, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("by", Text, nullable=False),
    Column("occurred_on", Date),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
    Column("reason", Text, nullable=False),
    Column("digest", Text, nullable=False),
    Column("notes", JSONB, nullable=False),
    Column("changes", JSONB, nullable=False),
)

assignment = Table(
    "assignment",
    metadata,
    Column("submission", Text, primary_key=True),
    Column("cycle", Text, nullable=False, index=True),
    Column("version", Integer, nullable=False),
    Column("assignee", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
)

round_ = Table(
    "round",
    metadata,
    Column("cycle", Text, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("complete_on", Date),
)

endorsement = Table(
    "endorsement",
    metadata,
    Column("cycle", Text, primary_key=True),
    Column("stream", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("settled", Boolean, nullable=False, server_default="false"),
    Column("held", Boolean, nullable=False, server_default="false"),
    Column("figures_by", JSONB, nullable=False, server_default="[]"),
    Column("digests", JSONB, nullable=False, server_default="{}"),
    Column("status", Text, nullable=False, server_default="nothing"),
    Column("stale", Boolean, nullable=False, server_default="false"),
    Column("document", Text),
    Column("revision", Integer),
    Column("digest", Text),
    Column("file", JSONB),
    Column("involved", JSONB, nullable=False, server_default="[]"),
    Column("basis", JSONB, nullable=False, server_default="{}"),
    Column("drafted_by", Text),
    Column("drafted_on", Date),
    Column("decided_by", Text),
    Column("decided_on", Date),
    Column("reason", Text, nullable=False, server_default=""),
    Column("correction", JSONB, nullable=False, server_default="{}"),
)
