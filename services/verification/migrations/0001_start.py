"""The kernel's tables and the first read models of verification."""

from alembic import op

from shared.migrations import kernel

revision = "verification_0001"
down_revision = None

READ_MODELS = """
CREATE TABLE cycle (
    cycle       text PRIMARY KEY,
    year        integer NOT NULL,
    region_name text NOT NULL
);
CREATE TABLE step (
    cycle      text NOT NULL,
    step       integer NOT NULL,
    started_on date NOT NULL,
    due_on     date NOT NULL,
    due        jsonb NOT NULL,
    PRIMARY KEY (cycle, step)
);
CREATE TABLE calendar_override (
    day  date PRIMARY KEY,
    kind text NOT NULL,
    name text NOT NULL
);
CREATE TABLE expected (
    submission  text PRIMARY KEY,
    cycle       text NOT NULL,
    agency      text NOT NULL,
    agency_name text NOT NULL,
    period      text NOT NULL,
    services    jsonb NOT NULL
);
CREATE INDEX ix_expected_cycle ON expected (cycle);
CREATE TABLE verification (
    stream       text PRIMARY KEY,
    cycle        text NOT NULL,
    submission   text NOT NULL UNIQUE,
    agency       text NOT NULL,
    agency_name  text NOT NULL,
    period       text NOT NULL,
    version      integer NOT NULL,
    status       text NOT NULL,
    revision     integer NOT NULL,
    digest       text NOT NULL,
    contributors jsonb NOT NULL,
    handed_in_by text NOT NULL,
    handed_in_on date NOT NULL,
    reason       text NOT NULL,
    notes        jsonb NOT NULL,
    last_act     text NOT NULL,
    last_by      text NOT NULL,
    last_at      timestamptz NOT NULL
);
CREATE INDEX ix_verification_cycle ON verification (cycle);
CREATE TABLE revision (
    stream   text NOT NULL,
    revision integer NOT NULL,
    digest   text NOT NULL,
    figures  jsonb NOT NULL,
    evidence jsonb NOT NULL,
    changes  jsonb NOT NULL,
    PRIMARY KEY (stream, revision)
);
CREATE TABLE act (
    stream      text NOT NULL,
    version     integer NOT NULL,
    act         text NOT NULL,
    revision    integer NOT NULL,
    by          text NOT NULL,
    occurred_on date,
    recorded_at timestamptz NOT NULL,
    reason      text NOT NULL,
    digest      text NOT NULL,
    notes       jsonb NOT NULL,
    changes     jsonb NOT NULL,
    PRIMARY KEY (stream, version)
);
CREATE TABLE round (
    cycle       text PRIMARY KEY,
    version     integer NOT NULL,
    complete_on date
);
CREATE TABLE endorsement (
    cycle      text PRIMARY KEY,
    stream     text NOT NULL,
    version    integer NOT NULL,
    settled    boolean NOT NULL DEFAULT false,
    figures_by jsonb NOT NULL DEFAULT '[]',
    status     text NOT NULL DEFAULT 'nothing',
    stale      boolean NOT NULL DEFAULT false,
    document   text,
    revision   integer,
    digest     text,
    file       jsonb,
    involved   jsonb NOT NULL DEFAULT '[]',
    drafted_by text,
    drafted_on date,
    decided_by text,
    decided_on date,
    reason     text NOT NULL DEFAULT ''
);
"""


def upgrade() -> None:
    kernel.install()
    op.execute(READ_MODELS)
