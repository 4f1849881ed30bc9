"""Brings the access database up to date, and lets each service's role do no more there than its part.

Only the service that signs people in may start and end sessions; every other one may look them up.
"""

from collections.abc import Mapping

import psycopg
from psycopg import sql

from shared.migrations.migrate import migrate

DOOR = "intake"
"""The service that signs people in and out."""
_LOOK_UP = "look_up_session(bytea)"
_DOOR_ONLY = ("start_session(bytea, text, interval, interval)", "end_session(bytea)")


def prepare(owner_url: str, roles: Mapping[str, str]) -> None:
    """Runs what is missing as the owner, then grants: `roles` names each service's own role.
    Raises NewerData for a newer database.
    """
    migrate("access", owner_url, "")
    with psycopg.connect(owner_url, autocommit=True) as conn:
        for service, role in roles.items():
            functions = (_LOOK_UP, *(_DOOR_ONLY if service == DOOR else ()))
            for function in functions:
                conn.execute(
                    sql.SQL("GRANT EXECUTE ON FUNCTION {} TO {}").format(
                        sql.SQL(function), sql.Identifier(role)
                    )
                )
