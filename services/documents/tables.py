"""Read models of documents: what the document list, one document, and the dispatch timelines show,
and the figures that a report is made from.

Each table is written from events of one source only, so that a rebuild may read source by source.
"""

from sqlalchemy import Boolean, Column, Date, DateTime, Integer, MetaData, Table, Text
from sqlalchemy.dialects.postgresql import JSONB

from shared.known_cycles.tables import cycle_tables

metadata = MetaData()

# from intake

cycles = cycle_tables(metadata, Column("region", Text, nullable=False), Column("sop", Text, nullable=False))

# from verification

approved = Table(
    "approved",
    metadata,
    Column("submission", Text, primary_key=True),
    Column("cycle", Text, nullable=False, index=True),
    Column("agency", Text, nullable=False),
    Column("agency_name", Text, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("digest", Text, nullable=False),
    Column("figures", JSONB, nullable=False),
    Column("explanations", JSONB, nullable=False, server_default="[]"),
    Column("verified_by", Text, nullable=False),
)

endorsement = Table(
    "endorsement",
    metadata,
    Column("cycle", Text, primary_key=True),
    Column("status", Text, nullable=False),
    Column("digest", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("decided_on", Date),
)

# from documents itself

document = Table(
    "document",
    metadata,
    Column("stream", Text, primary_key=True),
    Column("cycle", Text, nullable=False, index=True),
    Column("document", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("step", Text),
    Column("basis", JSONB, nullable=False, server_default="{}"),
    Column("revision", Integer),
    Column("digest", Text),
    Column("file", JSONB),
    Column("drafted_by", Text),
    Column("drafted_on", Date),
    Column("holds", Boolean, nullable=False, server_default="true"),
    Column("handed_over_digest", Text),
    Column("handed_over_on", Date),
    Column("decree_number", Text),
    Column("decree_on", Date),
    Column("decree_file", JSONB),
    Column("settled_digest", Text),
    Column("endorsed_by", Text),
    Column("endorsed_on", Date),
)

draft = Table(
    "draft",
    metadata,
    Column("stream", Text, primary_key=True),
    Column("revision", Integer, primary_key=True),
    Column("digest", Text, nullable=False),
    Column("file", JSONB, nullable=False),
    Column("data_digest", Text, nullable=False),
    Column("template_digest", Text, nullable=False),
    Column("engine", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("occurred_on", Date, nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
)

printing = Table(
    "printing",
    metadata,
    Column("stream", Text, primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("digest", Text, nullable=False),
    Column("copies", Integer, nullable=False),
    Column("by", Text, nullable=False),
    Column("occurred_on", Date, nullable=False),
)

dispatch = Table(
    "dispatch",
    metadata,
    Column("stream", Text, primary_key=True),
    Column("cycle", Text, nullable=False, index=True),
    Column("dispatch", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("status", Text, nullable=False, server_default="preparing"),
    Column("recipient_name", Text, nullable=False, server_default=""),
    Column("queued_on", Date),
    Column("agenda_number", Text),
    Column("carrier", Text),
    Column("sent_by", Text),
    Column("sent_on", Date),
    Column("received_by", Text),
    Column("received_on", Text),
    Column("reference", Text),
    Column("scan", JSONB),
)

dispatch_item = Table(
    "dispatch_item",
    metadata,
    Column("stream", Text, primary_key=True),
    Column("document", Text, primary_key=True),
    Column("title", Text, nullable=False),
    Column("digest", Text, nullable=False),
    Column("copies", Integer, nullable=False),
)

trail = Table(
    "act",
    metadata,
    Column("stream", Text, primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("act", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("occurred_on", Date),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
    Column("facts", JSONB, nullable=False),
)
