"""The replay certificates: which are open, what each service found, and how each ended."""

from alembic import op

from shared.migrations import kernel

revision = "archive_0016"
down_revision = "archive_0015"

TABLES = (
    "CREATE TABLE certificate_open (certificate integer PRIMARY KEY, asked_at timestamptz NOT NULL)",
    """CREATE TABLE certificate (
        certificate     integer PRIMARY KEY,
        by              text,
        reason          text NOT NULL,
        occurred_on     date NOT NULL,
        asked_at        timestamptz NOT NULL,
        given_up_by     text,
        given_up_reason text,
        given_up_at     timestamptz,
        verdict         text,
        checkpoint_size bigint,
        file            jsonb,
        object_key      text,
        object_version  text,
        mode            text,
        retain_until    timestamptz,
        lock_enforced   boolean,
        issued_at       timestamptz
    )""",
    """CREATE TABLE certificate_statement (
        certificate  integer NOT NULL,
        service      text NOT NULL,
        verdict      text NOT NULL,
        software     text NOT NULL,
        events       bigint NOT NULL,
        tables       jsonb NOT NULL,
        differences  jsonb NOT NULL,
        differing    bigint NOT NULL,
        not_compared jsonb NOT NULL,
        compared_at  timestamptz NOT NULL,
        PRIMARY KEY (certificate, service)
    )""",
)


def upgrade() -> None:
    for table in TABLES:
        op.execute(table)
    kernel.keep_past("certificate_open", "certificate", "certificate_statement")
