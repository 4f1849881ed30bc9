"""Read models of archive: what shelf and pages show.
The audit log's own tables are no read model and stand in the migration alone.

Each table is written from events of one source only, so that a rebuild may read source by source.
"""

from sqlalchemy import BigInteger, Boolean, Column, Date, DateTime, Integer, MetaData, Table, Text
from sqlalchemy.dialects.postgresql import JSONB

from shared.eventsourcing.sight import WHOLE

metadata = MetaData()

# from intake

cycle = Table(
    "cycle",
    metadata,
    Column("cycle", Text, primary_key=True),
    Column("year", Integer, nullable=False),
    Column("region_name", Text, nullable=False),
    Column("sop", Text, nullable=False),
)

# from archive itself

cycle_file = Table(
    "cycle_file",
    metadata,
    Column("cycle", Text, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("hard_copy_location", Text),
    Column("hard_copy_copies", Integer),
    Column("hard_copy_by", Text),
    Column("hard_copy_on", Date),
    Column("archived_by", Text),
    Column("archived_on", Date),
    Column("checkpoint_size", BigInteger),
    Column("correction", Integer, nullable=False, server_default="0"),
)

item = Table(
    "item",
    metadata,
    Column("cycle", Text, primary_key=True),
    Column("item", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("file", JSONB, nullable=False),
    Column("cause", JSONB, nullable=False),
    Column("expected_at", DateTime(timezone=True), nullable=False),
    Column("filed_digest", Text),
    Column("object_key", Text),
    Column("object_version", Text),
    Column("mode", Text),
    Column("retain_until", DateTime(timezone=True)),
    Column("lock_enforced", Boolean),
    Column("filed_by", Text),
    Column("filed_on", Date),
    Column("filed_at", DateTime(timezone=True)),
    Column("sealed_at", DateTime(timezone=True)),
)

hard_copy = Table(
    "hard_copy",
    metadata,
    Column("cycle", Text, primary_key=True),
    Column("item", Text, primary_key=True),
    Column("location", Text, nullable=False),
    Column("copies", Integer, nullable=False),
    Column("by", Text, nullable=False),
    Column("occurred_on", Date, nullable=False),
)

store_probe = Table(
    "store_probe",
    metadata,
    Column("store", Text, primary_key=True),
    Column("checks", Integer, nullable=False),
    Column("failed", JSONB, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
    info={"region": WHOLE},
)

certificate = Table(
    "certificate",
    metadata,
    Column("certificate", Integer, primary_key=True),
    Column("by", Text),
    Column("reason", Text, nullable=False),
    Column("occurred_on", Date, nullable=False),
    Column("asked_at", DateTime(timezone=True), nullable=False),
    Column("given_up_by", Text),
    Column("given_up_reason", Text),
    Column("given_up_at", DateTime(timezone=True)),
    Column("verdict", Text),
    Column("checkpoint_size", BigInteger),
    Column("file", JSONB),
    Column("object_key", Text),
    Column("object_version", Text),
    Column("mode", Text),
    Column("retain_until", DateTime(timezone=True)),
    Column("lock_enforced", Boolean),
    Column("issued_at", DateTime(timezone=True)),
    info={"region": WHOLE},
)

# from each service its own rows

certificate_statement = Table(
    "certificate_statement",
    metadata,
    Column("certificate", Integer, primary_key=True),
    Column("service", Text, primary_key=True),
    Column("verdict", Text, nullable=False),
    Column("software", Text, nullable=False),
    Column("events", BigInteger, nullable=False),
    Column("tables", JSONB, nullable=False),
    Column("differences", JSONB, nullable=False),
    Column("differing", BigInteger, nullable=False),
    Column("not_compared", JSONB, nullable=False),
    Column("compared_at", DateTime(timezone=True), nullable=False),
    info={"region": WHOLE},
)
