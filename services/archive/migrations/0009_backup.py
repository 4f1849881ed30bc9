"""When the installation was saved: written by `jejak backup`, read for *Macet* and the metrics."""

from alembic import context, op
from psycopg import sql

revision = "archive_0009"
down_revision = "archive_0008"

TABLE = """
CREATE TABLE backup (
    at      timestamptz PRIMARY KEY,                -- of the cut: what was recorded later is not in it
    seconds double precision NOT NULL,
    bytes   bigint NOT NULL,
    copied  bigint NOT NULL,
    damaged integer NOT NULL                        -- files whose bytes the store did not hold any more
);
REVOKE INSERT, UPDATE, DELETE ON backup FROM :app_role;
"""


def upgrade() -> None:
    role = sql.Identifier(context.config.attributes["app_role"]).as_string()
    op.get_bind().exec_driver_sql(TABLE.replace(":app_role", role))
