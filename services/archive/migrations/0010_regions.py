"""Every line of the log with its region, by which it is listed and found; and of which region each person
is. Until now there was one region, and what names none of old is its.
"""

from alembic import op

revision = "archive_0010"
down_revision = "archive_0009"

FIRST = """coalesce(
    (SELECT min(substring(stream FROM 8)) FROM leaf WHERE stream ~ '^people-[0-9]{4}$'),
    (SELECT min(left(case_id, 4)) FROM leaf WHERE case_id ~ '^[0-9]{4}-[0-9]{4}'), '3402')"""
PERSONS = """
    CREATE TABLE leaf_person (              -- of which region a person is, as the log told it first
        person text COLLATE "C" PRIMARY KEY,
        region text NOT NULL
    );
    INSERT INTO leaf_person
        SELECT said -> 'data' ->> 'person', said -> 'data' ->> 'region'
        FROM (SELECT convert_from(line, 'UTF8')::jsonb AS said, index FROM leaf
              WHERE source = 'intake' AND type = 'person-registered') AS told
        ORDER BY index ON CONFLICT DO NOTHING"""
REGION = """
    CASE WHEN stream LIKE 'store-%' THEN ''
    WHEN stream LIKE 'account-%' THEN coalesce(
        (SELECT region FROM leaf_person WHERE person = substring(stream FROM 9)), '0000')
    WHEN stream LIKE 'login-%' THEN '0000'
    WHEN stream ~ '^[a-z]+-[0-9]{4}(-|$)' THEN split_part(stream, '-', 2)
    WHEN stream ~ '^(agency-[a-z][a-z0-9_]*|settings-calendar|settings)$' THEN :first
    ELSE '0000' END""".replace(":first", FIRST)
LINES = """
    DROP INDEX leaf_lookup_words;
    ALTER TABLE leaf_lookup ADD COLUMN region text COLLATE "C";
    UPDATE leaf_lookup
        SET region = told.region, words = words || quote_literal('g:' || told.region)::tsvector
        FROM (SELECT index, :region AS region FROM leaf) AS told WHERE told.index = leaf_lookup.index;
    UPDATE leaf_lookup SET region = '0000' WHERE region IS NULL;
    ALTER TABLE leaf_lookup ALTER COLUMN region SET NOT NULL;
    CREATE INDEX leaf_lookup_words ON leaf_lookup USING gin (words);
    CREATE INDEX leaf_lookup_region ON leaf_lookup (region, index)""".replace(":region", REGION)


def upgrade() -> None:
    for step in (PERSONS, *LINES.split(";")):
        op.get_bind().exec_driver_sql(step.replace("%", "%%"))
