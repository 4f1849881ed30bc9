"""The kernel's tables and the first read models of intake."""

from alembic import op

from shared.migrations import kernel

revision = "intake_0001"
down_revision = None

READ_MODELS = """
CREATE TABLE cycle (
    cycle text NOT NULL,
    version integer NOT NULL,
    region text NOT NULL,
    region_name text NOT NULL,
    year integer NOT NULL,
    sop text NOT NULL,
    catalogue integer NOT NULL,
    report_due date NOT NULL,
    opened_by text NOT NULL,
    opened_on date NOT NULL,
    PRIMARY KEY (cycle)
);
CREATE TABLE step (
    cycle text NOT NULL,
    step integer NOT NULL,
    version integer NOT NULL,
    started_on date,
    due_on date,
    due jsonb,
    parts jsonb,
    completed_on date,
    completed_by text,
    summary text,
    evidence jsonb,
    PRIMARY KEY (cycle, step)
);
CREATE TABLE step_part (
    cycle text NOT NULL,
    step integer NOT NULL,
    part text NOT NULL,
    by text NOT NULL,
    occurred_on date NOT NULL,
    PRIMARY KEY (cycle, step, part)
);
CREATE TABLE plan (
    cycle text NOT NULL,
    step integer NOT NULL,
    planned_on date NOT NULL,
    PRIMARY KEY (cycle, step)
);
CREATE TABLE submission (
    submission text NOT NULL,
    version integer NOT NULL,
    cycle text NOT NULL,
    agency text NOT NULL,
    agency_name text NOT NULL,
    period text NOT NULL,
    services jsonb NOT NULL,
    state text NOT NULL,
    revision integer NOT NULL,
    digest text NOT NULL,
    opened_on date NOT NULL,
    handed_in_by text,
    handed_in_on date,
    reason text NOT NULL,
    notes jsonb NOT NULL,
    last_by text NOT NULL,
    last_at timestamptz NOT NULL,
    PRIMARY KEY (submission)
);
CREATE INDEX ix_submission_cycle ON submission (cycle);
CREATE TABLE figure (
    submission text NOT NULL,
    service text NOT NULL,
    figure jsonb NOT NULL,
    by text NOT NULL,
    at timestamptz NOT NULL,
    PRIMARY KEY (submission, service)
);
CREATE TABLE evidence (
    submission text NOT NULL,
    digest text NOT NULL,
    file jsonb NOT NULL,
    services jsonb NOT NULL,
    by text NOT NULL,
    at timestamptz NOT NULL,
    PRIMARY KEY (submission, digest)
);
CREATE TABLE verdict (
    submission text NOT NULL,
    verdict text NOT NULL,
    revision integer NOT NULL,
    by text NOT NULL,
    PRIMARY KEY (submission)
);
CREATE TABLE agency (
    agency text NOT NULL,
    version integer NOT NULL,
    name text NOT NULL,
    short_name text NOT NULL,
    PRIMARY KEY (agency)
);
CREATE TABLE assignment (
    agency text NOT NULL,
    service text NOT NULL,
    valid_from date NOT NULL,
    valid_until date,
    PRIMARY KEY (agency, service, valid_from)
);
CREATE TABLE calendar_change (
    number SERIAL NOT NULL,
    day date NOT NULL,
    kind text NOT NULL,
    name text NOT NULL,
    source text NOT NULL,
    calendar text NOT NULL,
    by text NOT NULL,
    occurred_on date NOT NULL,
    recorded_at timestamptz NOT NULL,
    PRIMARY KEY (number)
);
CREATE TABLE happening (
    source text NOT NULL,
    stream text NOT NULL,
    version integer NOT NULL,
    cycle text NOT NULL,
    step integer NOT NULL,
    agency text NOT NULL,
    what text NOT NULL,
    facts jsonb NOT NULL,
    by text NOT NULL,
    occurred_on date NOT NULL,
    recorded_at timestamptz NOT NULL,
    PRIMARY KEY (source, stream, version)
);
CREATE INDEX ix_happening_cycle ON happening (cycle, recorded_at);
"""


def upgrade() -> None:
    kernel.install()
    op.execute(READ_MODELS)
