-- Which commit brought each event, so that the past can be made again from events and compared (docs/decisions/0052-as-it-was.md).
-- Run by the owner role after versions.sql, in a migration of its own.

-- NULL: the event's own position, which nearly always is that of its commit.
ALTER TABLE event ADD COLUMN commit_position bigint;

-- Since which position the versions of a table are what its projections say: before, other builds or migrations wrote them.
CREATE TABLE was.since (name text PRIMARY KEY, position bigint NOT NULL);
-- Rows that a repair put right: what they showed until then was wrong, and is kept as it was shown.
CREATE TABLE was.mended (name text NOT NULL, key jsonb NOT NULL, position bigint NOT NULL, PRIMARY KEY (name, key, position));

-- As before (past.sql), and says with which commit.
CREATE OR REPLACE FUNCTION append_events(
    p_stream text, p_expected integer, p_case text, p_command uuid, p_fingerprint bytea, p_events jsonb, p_metadata jsonb,
    p_recorded_at timestamptz
) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
    many integer := jsonb_array_length(p_events);
    here bigint := nullif(current_setting('jejak.position', true), '');
    first bigint;
BEGIN
    INSERT INTO public.command (id, stream, fingerprint, version, events)
    VALUES (p_command, p_stream, p_fingerprint, p_expected + many, many);
    IF many = 1 THEN                                          -- nearly always: a fifth cheaper than unfolding an array of one
        PERFORM pg_advisory_xact_lock_shared((19013::bigint << 48) | (SELECT last_value - 1 FROM public.event_position_seq));
        INSERT INTO public.event (stream, version, case_id, type, schema, data, metadata, recorded_at, commit_position)
        VALUES (p_stream, p_expected + 1, p_case, p_events -> 0 ->> 0, (p_events -> 0 ->> 1)::smallint, p_events -> 0 -> 2,
                p_metadata, p_recorded_at, here)
        RETURNING position INTO first;
        IF here IS NULL THEN
            PERFORM set_config('jejak.position', first::text, true);
        END IF;
    ELSIF many > 1 THEN
        here := public.commit_position();
        INSERT INTO public.event (stream, version, case_id, type, schema, data, metadata, recorded_at, commit_position)
        SELECT p_stream, p_expected + e.ordinality, p_case, e.value ->> 0, (e.value ->> 1)::smallint, e.value -> 2, p_metadata, p_recorded_at, here
        FROM jsonb_array_elements(p_events) WITH ORDINALITY AS e
        ORDER BY e.ordinality;
    END IF;
END
$$;

-- As before (versions.sql), and notes since when.
ALTER FUNCTION keep_past(text) RENAME TO begin_past;
CREATE FUNCTION keep_past(p_table text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM begin_past(p_table);
    INSERT INTO was.since SELECT p_table, CASE WHEN is_called THEN last_value ELSE 0 END FROM public.event_position_seq
    ON CONFLICT (name) DO UPDATE SET position = EXCLUDED.position;
END
$$;
REVOKE ALL ON FUNCTION keep_past FROM PUBLIC;
SELECT keep_past(relname::text) FROM pg_class
WHERE relnamespace = 'was'::regnamespace AND relkind = 'r' AND relname NOT IN ('begun', 'since', 'mended');
