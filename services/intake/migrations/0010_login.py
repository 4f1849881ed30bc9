"""A read model of logins: who asked to be let in by an identity provider, and whom each is joined to."""

from alembic import op
from sqlalchemy import Column, Date, Integer, Text

revision = "intake_0010"
down_revision = "intake_0009"


def upgrade() -> None:
    op.create_table(
        "login",
        Column("login", Text, primary_key=True),
        Column("version", Integer, nullable=False),
        Column("issuer", Text, nullable=False),
        Column("nip", Text, nullable=False),
        Column("email", Text, nullable=False),
        Column("name", Text, nullable=False),
        Column("waiting", Integer, nullable=False),
        Column("requested_on", Date, nullable=False),
        Column("person", Text, nullable=False),
        Column("decided_by", Text, nullable=False),
        Column("decided_on", Date),
        Column("reason", Text, nullable=False),
    )
