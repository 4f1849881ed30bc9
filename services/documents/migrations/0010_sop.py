"""Each cycle with the SOP that it was opened under: as its steps say that have started, else the only one
that there was until now.
"""

from alembic import op

revision = "documents_0010"
down_revision = "documents_0009"


def upgrade() -> None:
    op.execute("ALTER TABLE cycle ADD COLUMN sop text NOT NULL DEFAULT '04/SOP/2022'")
    op.execute("UPDATE cycle SET sop = step.sop FROM step WHERE step.cycle = cycle.cycle")
    op.execute("ALTER TABLE cycle ALTER COLUMN sop DROP DEFAULT")
