-- The versions of past.sql, kept more cheaply: what ends a version changes no index, and nothing is deleted first
-- (docs/decisions/0052-as-it-was.md, docs/performance.md). Run by the owner role in a migration of its own.

-- Begins to keep the versions of a table, or goes on after its columns changed: migrations call it for every read model.
-- What stands in the table when it begins is a version since then.
CREATE OR REPLACE FUNCTION keep_past(p_table text) RETURNS void LANGUAGE plpgsql AS $keep$
DECLARE
    live regclass := format('public.%I', p_table)::regclass;
    all_columns text;
    new_values text;
    keys text;
    same text;
    new_columns text;
    same_key text;
    one record;
BEGIN
    SELECT string_agg(format('"%s"', attname), ', ' ORDER BY attnum), string_agg(format('NEW."%s"', attname), ', ' ORDER BY attnum)
    INTO all_columns, new_values FROM pg_attribute WHERE attrelid = live AND attnum > 0 AND NOT attisdropped;
    SELECT string_agg(format('%1$I = EXCLUDED.%1$I', attname), ', ') INTO new_columns
    FROM pg_attribute WHERE attrelid = live AND attnum > 0 AND NOT attisdropped;
    SELECT string_agg(quote_ident(attname), ', ' ORDER BY place), string_agg(format('%1$I = about.%1$I', attname), ' AND ' ORDER BY place),
        string_agg(format('NEW.%1$I = about.%1$I', attname), ' AND ' ORDER BY place)
    INTO keys, same, same_key FROM pg_index, unnest(indkey) WITH ORDINALITY AS k(number, place)
    JOIN pg_attribute ON attnum = number WHERE indrelid = live AND indisprimary AND attrelid = live;

    IF to_regclass(format('was.%I', p_table)) IS NULL THEN
        EXECUTE format('CREATE TABLE was.%I (LIKE %s, from_position bigint NOT NULL, to_position bigint NOT NULL, PRIMARY KEY (%s, from_position)) WITH (fillfactor = 75)',
                       p_table, live, keys);
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

    -- What the newest version of a key ends with stands in no index: ending it stays on its page.
    FOR one IN SELECT format('DROP INDEX %s', indexrelid::regclass) AS dropped FROM pg_index
               WHERE indrelid = format('was.%I', p_table)::regclass AND pg_get_expr(indpred, indrelid) LIKE '%to_position%'
    LOOP
        EXECUTE one.dropped;
    END LOOP;
    EXECUTE format('ALTER TABLE was.%I SET (fillfactor = 75)', p_table);

    EXECUTE format($f$
        CREATE OR REPLACE FUNCTION was.%5$I() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $t$
        DECLARE
            here bigint := public.commit_position();
            about public.%1$I := OLD;
            newest record;
        BEGIN
            IF TG_OP = 'UPDATE' AND NEW IS NOT DISTINCT FROM OLD THEN
                RETURN NULL;
            END IF;
            IF TG_OP = 'INSERT' THEN
                about := NEW;
            END IF;
            SELECT from_position, to_position INTO newest FROM was.%1$I WHERE %2$s ORDER BY from_position DESC LIMIT 1;
            IF newest.from_position > here THEN               -- committed before this one and not settled: nobody ever saw it
                DELETE FROM was.%1$I WHERE %2$s AND from_position > here;
                UPDATE was.%1$I SET to_position = here WHERE %2$s AND to_position > here AND from_position < here;
            ELSIF newest.from_position < here AND newest.to_position > here THEN
                UPDATE was.%1$I SET to_position = here WHERE %2$s AND from_position = newest.from_position;
            END IF;
            IF TG_OP = 'DELETE' OR NOT (%6$s) THEN             -- of one commit only the last version was ever seen
                DELETE FROM was.%1$I WHERE %2$s AND from_position = here;
            END IF;
            IF TG_OP <> 'DELETE' THEN
                INSERT INTO was.%1$I (%3$s, from_position, to_position) VALUES (%4$s, here, 9223372036854775807)
                ON CONFLICT (%7$s, from_position) DO UPDATE SET %8$s, to_position = EXCLUDED.to_position;
            END IF;
            RETURN NULL;
        END
        $t$ $f$, p_table, same, all_columns, new_values, 'keep_' || p_table, same_key, keys, new_columns);
    EXECUTE format('DROP TRIGGER IF EXISTS keep_past ON %s', live);
    EXECUTE format('CREATE CONSTRAINT TRIGGER keep_past AFTER INSERT OR UPDATE OR DELETE ON %s DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION was.%I()',
                   live, 'keep_' || p_table);
END
$keep$;

SELECT keep_past(relname::text) FROM pg_class WHERE relnamespace = 'was'::regnamespace AND relkind = 'r' AND relname <> 'begun';
