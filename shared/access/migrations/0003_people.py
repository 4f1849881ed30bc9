"""The people as all services know them: one document for each region, with a version that never goes back."""

from alembic import op

revision = "access_0003"
down_revision = "access_0002"


def upgrade() -> None:
    op.get_bind().exec_driver_sql(
        """
        CREATE TABLE people (
            region   text PRIMARY KEY,
            version  bigint NOT NULL,
            document jsonb NOT NULL CHECK (coalesce(jsonb_array_length(document -> 'person'), 0) > 0)
        );
        -- Which version holds afterwards: the new one, or one that was newer already.
        CREATE FUNCTION set_people(of_region text, new_version bigint, new_document jsonb) RETURNS bigint
        LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
        BEGIN
            INSERT INTO people VALUES (of_region, new_version, new_document)
            ON CONFLICT (region) DO UPDATE SET version = excluded.version, document = excluded.document
            WHERE people.version < excluded.version;
            RETURN (SELECT version FROM people WHERE region = of_region);
        END
        $$;
        -- The people of all regions; without the document where the version is the one that is known.
        CREATE FUNCTION look_up_people(known jsonb) RETURNS jsonb
        LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
            SELECT coalesce(jsonb_agg(jsonb_build_object('region', region, 'version', version, 'document',
                CASE WHEN known ->> region IS DISTINCT FROM version::text THEN document END)), '[]')
            FROM people
        $$;
        REVOKE ALL ON FUNCTION set_people(text, bigint, jsonb), look_up_people(jsonb) FROM PUBLIC;
        """
    )
