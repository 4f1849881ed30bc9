"""Every word that stands in the log, once: what the beginning of a word may mean is looked up here,
not in the index of all lines.
"""

from alembic import op

revision = "archive_0005"
down_revision = "archive_0004"

TABLE = """
CREATE TABLE leaf_word (word text COLLATE "C" PRIMARY KEY);
INSERT INTO leaf_word SELECT word FROM ts_stat('SELECT words FROM leaf_lookup') WHERE word ~ '[[:alpha:]]'
AND word !~ '^[a-z]:';
"""


def upgrade() -> None:
    op.get_bind().exec_driver_sql(TABLE)
