"""A corrected day of receipt is kept as YYYY-MM-DD, whatever form it was typed in before (the JSON of such a
dispatch could not be written).
"""

from alembic import op

revision = "documents_0004"
down_revision = "documents_0003"


def upgrade() -> None:
    op.execute(
        "UPDATE dispatch SET received_on = to_date(received_on, 'YYYYMMDD')::text WHERE received_on ~ "
        "'^[0-9]{8}$'"
    )
    op.execute(
        """UPDATE dispatch SET received_on = to_date(regexp_replace(received_on, '[^0-9]', '', 'g'), 'IYYYIWID')::text
           WHERE received_on ~ '^[0-9]{4}-?W[0-9]{2}-?[1-7]$'"""  # noqa: E501
    )
    op.execute(
        """UPDATE dispatch SET received_on = to_date(regexp_replace(received_on, '[^0-9]', '', 'g') || '1', 'IYYYIWID')::text
           WHERE received_on ~ '^[0-9]{4}-?W[0-9]{2}$'"""  # noqa: E501
    )
