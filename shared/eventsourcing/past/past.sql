-- As it was: every version of every read-model row, from the commit that made it to the one that ended it (docs/decisions/0052-as-it-was.md).
-- Run by the owner role after schema.sql and identity.sql, in a migration of its own. Nobody but the triggers here writes into the schema `was`.

CREATE SCHEMA was;
GRANT USAGE ON SCHEMA was TO :app_role;
ALTER DEFAULT PRIVILEGES IN SCHEMA was GRANT SELECT ON TABLES TO :app_role;

-- Since which position versions are kept: 0 for a database that began with them.
CREATE TABLE was.begun (position bigint NOT NULL);
INSERT INTO was.begun SELECT coalesce(max(position), 0) FROM public.event;

-- The position of this transaction: that of its first event, else one that is taken for it. Nobody sees a part of a transaction.
-- The lock is the one of append_events(): settled_position() stays below until the commit.
CREATE FUNCTION commit_position() RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
    told text := current_setting('jejak.position', true);
BEGIN
    IF told <> '' THEN
        RETURN told::bigint;
    END IF;
    PERFORM pg_advisory_xact_lock_shared((19013::bigint << 48) | (SELECT last_value - 1 FROM public.event_position_seq));
    told := nextval('public.event_position_seq');
    PERFORM set_config('jejak.position', told, true);
    RETURN told::bigint;
END
$$;

-- At which position of ours each foreign event was taken in; 0 in rows from before. A build from before says nothing of it, and need not.
ALTER TABLE public.taken ADD COLUMN position bigint NOT NULL DEFAULT 0;
ALTER TABLE public.taken ALTER COLUMN position SET DEFAULT public.commit_position();

-- As before (schema.sql), and says at which position.
CREATE OR REPLACE FUNCTION append_events(
    p_stream text, p_expected integer, p_case text, p_command uuid, p_fingerprint bytea, p_events jsonb, p_metadata jsonb,
    p_recorded_at timestamptz
) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
    many integer := jsonb_array_length(p_events);
    first bigint;
BEGIN
    INSERT INTO public.command (id, stream, fingerprint, version, events)
    VALUES (p_command, p_stream, p_fingerprint, p_expected + many, many);
    IF many > 0 THEN
        PERFORM pg_advisory_xact_lock_shared((19013::bigint << 48) | (SELECT last_value - 1 FROM public.event_position_seq));
        IF many = 1 THEN                                      -- nearly always: a fifth cheaper than unfolding an array of one
            INSERT INTO public.event (stream, version, case_id, type, schema, data, metadata, recorded_at)
            VALUES (p_stream, p_expected + 1, p_case, p_events -> 0 ->> 0, (p_events -> 0 ->> 1)::smallint, p_events -> 0 -> 2,
                    p_metadata, p_recorded_at)
            RETURNING position INTO first;
        ELSE
            WITH written AS (
                INSERT INTO public.event (stream, version, case_id, type, schema, data, metadata, recorded_at)
                SELECT p_stream, p_expected + e.ordinality, p_case, e.value ->> 0, (e.value ->> 1)::smallint, e.value -> 2, p_metadata, p_recorded_at
                FROM jsonb_array_elements(p_events) WITH ORDINALITY AS e
                ORDER BY e.ordinality
                RETURNING position
            )
            SELECT min(position) INTO first FROM written;
        END IF;
        IF coalesce(current_setting('jejak.position', true), '') = '' THEN
            PERFORM set_config('jejak.position', first::text, true);
        END IF;
    END IF;
END
$$;

-- Begins to keep the versions of a table, or goes on after its columns changed: migrations call it for every read model.
-- What stands in the table when it begins is a version since then.
CREATE FUNCTION keep_past(p_table text) RETURNS void LANGUAGE plpgsql AS $keep$
DECLARE
    live regclass := format('public.%I', p_table)::regclass;
    all_columns text;
    new_values text;
    keys text;
    same text;
    one record;
BEGIN
    SELECT string_agg(format('"%s"', attname), ', ' ORDER BY attnum), string_agg(format('NEW."%s"', attname), ', ' ORDER BY attnum)
    INTO all_columns, new_values FROM pg_attribute WHERE attrelid = live AND attnum > 0 AND NOT attisdropped;
    SELECT string_agg(quote_ident(attname), ', ' ORDER BY place), string_agg(format('"%1$s" = OLD."%1$s"', attname), ' AND ' ORDER BY place)
    INTO keys, same FROM pg_index, unnest(indkey) WITH ORDINALITY AS k(number, place)
    JOIN pg_attribute ON attnum = number WHERE indrelid = live AND indisprimary AND attrelid = live;

    IF to_regclass(format('was.%I', p_table)) IS NULL THEN
        EXECUTE format('CREATE TABLE was.%I (LIKE %s, from_position bigint NOT NULL, to_position bigint NOT NULL, PRIMARY KEY (%s, from_position))',
                       p_table, live, keys);
        EXECUTE format('CREATE UNIQUE INDEX ON was.%I (%s) WHERE to_position = 9223372036854775807', p_table, keys);
        EXECUTE format('INSERT INTO was.%1$I (%2$s, from_position, to_position) SELECT %2$s, (SELECT position FROM was.begun), 9223372036854775807 FROM %3$s',
                       p_table, all_columns, live);
    ELSE
        FOR one IN SELECT format('ALTER TABLE was.%I ADD COLUMN %I %s', p_table, attname, format_type(atttypid, atttypmod)) AS added
                   FROM pg_attribute a WHERE attrelid = live AND attnum > 0 AND NOT attisdropped
                   AND NOT EXISTS (SELECT FROM pg_attribute w WHERE w.attrelid = format('was.%I', p_table)::regclass AND w.attname = a.attname AND NOT w.attisdropped)
        LOOP
            EXECUTE one.added;
        END LOOP;
    END IF;
    FOR one IN SELECT regexp_replace(pg_get_indexdef(indexrelid), '^CREATE (UNIQUE )?INDEX (\S+) ON public\.', 'CREATE INDEX IF NOT EXISTS \2 ON was.') AS made
               FROM pg_index WHERE indrelid = live AND NOT indisprimary
    LOOP
        EXECUTE one.made;
    END LOOP;

    EXECUTE format($f$
        CREATE OR REPLACE FUNCTION was.%5$I() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $t$
        DECLARE
            here bigint := public.commit_position();
        BEGIN
            IF TG_OP = 'UPDATE' AND NEW IS NOT DISTINCT FROM OLD THEN
                RETURN NULL;
            END IF;
            IF TG_OP <> 'INSERT' THEN                         -- of one commit only the last version was ever seen
                DELETE FROM was.%1$I WHERE %2$s AND from_position = here AND to_position = 9223372036854775807;
                UPDATE was.%1$I SET to_position = here WHERE %2$s AND to_position = 9223372036854775807;
            END IF;
            IF TG_OP <> 'DELETE' THEN
                INSERT INTO was.%1$I (%3$s, from_position, to_position) VALUES (%4$s, here, 9223372036854775807);
            END IF;
            RETURN NULL;
        END
        $t$ $f$, p_table, same, all_columns, new_values, 'keep_' || p_table);
    EXECUTE format('DROP TRIGGER IF EXISTS keep_past ON %s', live);
    EXECUTE format('CREATE CONSTRAINT TRIGGER keep_past AFTER INSERT OR UPDATE OR DELETE ON %s DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION was.%I()',
                   live, 'keep_' || p_table);
END
$keep$;

REVOKE ALL ON FUNCTION append_events, commit_position, keep_past FROM PUBLIC;
GRANT EXECUTE ON FUNCTION append_events, commit_position TO :app_role;
