"""Who brought which file: the table of a service that takes files in.
Not a read model: no event tells of an upload that no command named.
"""

from alembic import op


def install() -> None:
    """Runs inside a migration."""
    op.execute(
        """
        CREATE TABLE upload (
            digest text NOT NULL, person text NOT NULL, name text NOT NULL, media_type text NOT NULL, size bigint NOT NULL,
            at timestamptz NOT NULL DEFAULT now(), PRIMARY KEY (digest, person))"""  # noqa: E501
    )
