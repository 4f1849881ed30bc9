"""Steps that are open again because what they had waited for does not hold any more."""

from alembic import op

revision = "intake_0003"
down_revision = "intake_0002"


def upgrade() -> None:
    op.execute("ALTER TABLE step ADD COLUMN reopened_on date")
    op.execute("""
        CREATE TABLE reopened_part (
            cycle       text NOT NULL,
            step        integer NOT NULL,
            part        text NOT NULL,
            stream      text NOT NULL,
            occurred_on date NOT NULL,
            PRIMARY KEY (cycle, step, part, stream)
        )""")
