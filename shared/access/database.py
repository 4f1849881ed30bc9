"""Brings the access database up to date, and lets each service's role do no more there than its part.

Only the service that signs people in may start, list and end sessions, say who the people are and
touch the secrets of tokens and local accounts; every other one may look up sessions, tokens and people.
"""

from collections.abc import Mapping

import psycopg
from psycopg import sql

from shared.migrations.migrate import migrate

ACCESS = "access"
"""What the database of sessions is called among those of the services."""
DOOR = "intake"
"""The service that signs people in and out."""
_LOOK_UP = ("look_up_session(bytea)", "look_up_people(jsonb)", "use_token(bytea, interval, integer)")
_DOOR_ONLY = (
    "start_session(bytea, text, interval, interval, text, text, text, text, bigint)",
    "end_session(bytea)",
    "sessions_of(text, bytea)",
    "end_sessions_of(text, uuid, bytea)",
    "end_sessions_of_login(text)",
    "provider_signs_out(bytea, text, text, bigint, interval)",
    "set_people(text, bigint, jsonb)",
    "keep_token(text, integer, bytea, text, text, text, timestamptz)",
    "tokens_kept()",
    "drop_tokens(text[], integer[])",
    "keep_grant(bytea, text)",
    "take_grants(interval, integer)",
    "count_sessions()",
)
_SECRETS = (
    "keep_invitation(text, integer, bytea, interval)",
    "find_invitation(bytea)",
    "use_invitation(bytea, text)",
    "password_of(text)",
    "change_password(text, text, text)",
    "add_factor(text, text, integer, text[], text, bigint, bytea, bytea, bigint)",
    "factors_of(text, integer)",
    "use_step(text, text, bigint)",
    "use_count(text, text, bigint)",
    "remove_factor(text, text)",
    "keep_ticket(bytea, text, text, text, interval)",
    "see_ticket(bytea, text)",
    "try_ticket(bytea, text, integer)",
    "take_ticket(bytea, text)",
    "count_attempt(bytea[], integer[], interval[])",
    "forgive_attempt(bytea[])",
)
"""Secrets of local accounts, for the door alone too."""


def prepare(owner_url: str, roles: Mapping[str, str]) -> None:
    """Runs what is missing as the owner, then admits. Raises NewerData for a newer database."""
    migrate(ACCESS, owner_url, "")
    admit(owner_url, roles)


def admit(owner_url: str, roles: Mapping[str, str]) -> None:
    """Grants each service its part: `roles` names its own role. Granting again changes nothing."""
    with psycopg.connect(owner_url, autocommit=True) as conn:
        for service, role in roles.items():
            functions = (*_LOOK_UP, *((*_DOOR_ONLY, *_SECRETS) if service == DOOR else ()))
            for function in functions:
                conn.execute(
                    sql.SQL("GRANT EXECUTE ON FUNCTION {} TO {}").format(
                        sql.SQL(function), sql.Identifier(role)
                    )
                )
