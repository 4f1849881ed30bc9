"""The kernel's tables, the read models of archive, and the audit log."""

from alembic import context, op
from psycopg import sql

from shared.migrations import kernel

revision = "archive_0001"
down_revision = None

READ_MODELS = """
CREATE TABLE cycle (
    cycle       text PRIMARY KEY,
    year        integer NOT NULL,
    region_name text NOT NULL
);
CREATE TABLE cycle_file (
    cycle              text PRIMARY KEY,
    version            integer NOT NULL,
    hard_copy_location text,
    hard_copy_copies   integer,
    hard_copy_by       text,
    hard_copy_on       date,
    archived_by        text,
    archived_on        date,
    checkpoint_size    bigint
);
CREATE TABLE item (
    cycle          text NOT NULL,
    item           text NOT NULL,
    kind           text NOT NULL,
    title          text NOT NULL,
    file           jsonb NOT NULL,
    cause          jsonb NOT NULL,
    expected_at    timestamptz NOT NULL,
    filed_digest   text,
    object_key     text,
    object_version text,
    mode           text,
    retain_until   timestamptz,
    lock_enforced  boolean,
    filed_by       text,
    filed_on       date,
    filed_at       timestamptz,
    PRIMARY KEY (cycle, item)
);
CREATE TABLE store_probe (
    store  text PRIMARY KEY,
    checks integer NOT NULL,
    failed jsonb NOT NULL,
    at     timestamptz NOT NULL
);
"""

# The sequence is the truth, the tree is built from it. Nobody changes or removes a line, a tile or a
# checkpoint.
AUDIT_LOG = """
CREATE TABLE leaf (
    index       bigint PRIMARY KEY,                 -- gap-free: given out under the lock on tree
    source      text NOT NULL,
    stream      text NOT NULL,
    version     integer NOT NULL,
    case_id     text NOT NULL,
    type        text NOT NULL,
    agency      text NOT NULL,
    person      text NOT NULL,
    recorded_at timestamptz NOT NULL,
    line        bytea NOT NULL,                     -- the exact bytes that are hashed
    hash        bytea NOT NULL,
    UNIQUE (source, stream, version)
);
CREATE INDEX leaf_case ON leaf (case_id, index);
CREATE TABLE tile (                                 -- roots of full subtrees of 256, 65,536 … leaves
    level smallint NOT NULL,
    index bigint NOT NULL,
    hash  bytea NOT NULL,
    PRIMARY KEY (level, index)
);
CREATE TABLE tree (                                 -- the right edge: one row, locked by whoever appends
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    size     bigint NOT NULL,
    peaks    bytea[] NOT NULL
);
INSERT INTO tree (size, peaks) VALUES (0, '{}');
CREATE TABLE checkpoint (
    size bigint PRIMARY KEY,
    root bytea NOT NULL,
    note text NOT NULL,
    at   timestamptz NOT NULL DEFAULT clock_timestamp()
);
REVOKE UPDATE, DELETE ON leaf, tile, checkpoint FROM :app_role;
REVOKE INSERT, DELETE ON tree FROM :app_role;
"""


def upgrade() -> None:
    kernel.install()
    op.get_bind().exec_driver_sql(READ_MODELS)
    role = sql.Identifier(context.config.attributes["app_role"]).as_string()
    op.get_bind().exec_driver_sql(AUDIT_LOG.replace(":app_role", role))
