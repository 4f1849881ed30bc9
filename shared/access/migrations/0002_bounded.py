"""A person has at most a hundred sessions: whoever signs in again and again fills no table,
the longest unused ones end.
"""

from alembic import op

revision = "access_0002"
down_revision = "access_0001"

MOST = 100


def upgrade() -> None:
    op.get_bind().exec_driver_sql(
        f"""
        CREATE INDEX session_person ON session (person, seen_at);
        CREATE OR REPLACE FUNCTION start_session(new_digest bytea, of_person text, idle_for interval, longest interval) RETURNS timestamptz
        LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
        DECLARE
            moment timestamptz := clock_timestamp();
        BEGIN
            DELETE FROM session WHERE ends_at <= moment OR seen_at + idle <= moment;
            DELETE FROM session WHERE id_digest IN (
                SELECT s.id_digest FROM session s WHERE s.person = of_person
                ORDER BY s.seen_at DESC OFFSET {MOST - 1}
            );
            INSERT INTO session VALUES (new_digest, of_person, moment, moment, idle_for, moment + longest);
            RETURN moment + longest;
        END
        $$;
        """  # noqa: E501, S608  a number of ours
    )
