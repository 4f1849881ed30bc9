"""The kernel's tables and the first read models of documents."""

from alembic import op

from shared.migrations import kernel

revision = "documents_0001"
down_revision = None

READ_MODELS = """
CREATE TABLE cycle (
    cycle       text PRIMARY KEY,
    region      text NOT NULL,
    region_name text NOT NULL,
    year        integer NOT NULL
);
CREATE TABLE step (
    cycle      text NOT NULL,
    step       integer NOT NULL,
    started_on date NOT NULL,
    due_on     date NOT NULL,
    due        jsonb NOT NULL,
    PRIMARY KEY (cycle, step)
);
CREATE TABLE approved (
    submission  text PRIMARY KEY,
    cycle       text NOT NULL,
    agency      text NOT NULL,
    agency_name text NOT NULL,
    revision    integer NOT NULL,
    digest      text NOT NULL,
    figures     jsonb NOT NULL,
    verified_by text NOT NULL
);
CREATE INDEX ix_approved_cycle ON approved (cycle);
CREATE TABLE endorsement (
    cycle      text PRIMARY KEY,
    status     text NOT NULL,
    digest     text NOT NULL,
    reason     text NOT NULL,
    by         text NOT NULL,
    decided_on date
);
CREATE TABLE document (
    stream             text PRIMARY KEY,
    cycle              text NOT NULL,
    document           text NOT NULL,
    version            integer NOT NULL,
    step               integer,
    basis              jsonb NOT NULL DEFAULT '{}',
    revision           integer,
    digest             text,
    file               jsonb,
    drafted_by         text,
    drafted_on         date,
    holds              boolean NOT NULL DEFAULT true,
    handed_over_digest text,
    handed_over_on     date,
    decree_number      text,
    decree_on          date,
    decree_file        jsonb,
    settled_digest     text,
    endorsed_by        text,
    endorsed_on        date
);
CREATE INDEX ix_document_cycle ON document (cycle);
CREATE TABLE draft (
    stream          text NOT NULL,
    revision        integer NOT NULL,
    digest          text NOT NULL,
    file            jsonb NOT NULL,
    data_digest     text NOT NULL,
    template_digest text NOT NULL,
    engine          text NOT NULL,
    by              text NOT NULL,
    occurred_on     date NOT NULL,
    recorded_at     timestamptz NOT NULL,
    PRIMARY KEY (stream, revision)
);
CREATE TABLE printing (
    stream      text NOT NULL,
    version     integer NOT NULL,
    digest      text NOT NULL,
    copies      integer NOT NULL,
    by          text NOT NULL,
    occurred_on date NOT NULL,
    PRIMARY KEY (stream, version)
);
CREATE TABLE dispatch (
    stream         text PRIMARY KEY,
    cycle          text NOT NULL,
    dispatch       text NOT NULL,
    version        integer NOT NULL,
    status         text NOT NULL DEFAULT 'preparing',
    recipient_name text NOT NULL DEFAULT '',
    queued_on      date,
    agenda_number  text,
    carrier        text,
    sent_by        text,
    sent_on        date,
    received_by    text,
    received_on    text,
    reference      text,
    scan           jsonb
);
CREATE INDEX ix_dispatch_cycle ON dispatch (cycle);
CREATE TABLE dispatch_item (
    stream   text NOT NULL,
    document text NOT NULL,
    title    text NOT NULL,
    digest   text NOT NULL,
    copies   integer NOT NULL,
    PRIMARY KEY (stream, document)
);
CREATE TABLE act (
    stream      text NOT NULL,
    version     integer NOT NULL,
    act         text NOT NULL,
    by          text NOT NULL,
    occurred_on date,
    recorded_at timestamptz NOT NULL,
    facts       jsonb NOT NULL,
    PRIMARY KEY (stream, version)
);
"""


def upgrade() -> None:
    kernel.install()
    op.execute(READ_MODELS)
