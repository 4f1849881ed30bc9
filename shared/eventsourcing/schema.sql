-- The event store of one service: store and outbox in one table (docs/decisions/0003-event-store.md).
-- Run by the owner role; :app_role is the role of the running service. Nobody but append_events() inserts events, nobody updates or deletes them.

ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO :app_role;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO :app_role;
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO :app_role;

CREATE TABLE event (
    position    bigint GENERATED ALWAYS AS IDENTITY UNIQUE,   -- order of issue; holes are normal
    stream      text NOT NULL,
    version     integer NOT NULL,                             -- gapless in the stream
    case_id     text NOT NULL,                                -- the cycle, e.g. 3402-2026: the Kafka key
    type        text NOT NULL,
    schema      smallint NOT NULL,
    data        jsonb NOT NULL,
    metadata    jsonb NOT NULL,
    recorded_at timestamptz NOT NULL,                         -- the database's clock when the decision was made
    PRIMARY KEY (stream, version)
);

-- What was settled, when: "as it was at t" is the greatest tick at or before t.
CREATE TABLE tick (
    position bigint PRIMARY KEY,
    at       timestamptz NOT NULL DEFAULT clock_timestamp()
);

-- Every command that was answered, so that the same command again gets the same answer and no second effect.
CREATE TABLE command (
    id          uuid PRIMARY KEY,
    stream      text NOT NULL,
    fingerprint bytea NOT NULL,                               -- SHA-256 of the command: the same id with another content is refused
    version     integer NOT NULL,                             -- of the stream afterwards
    events      smallint NOT NULL,                            -- how many it caused
    at          timestamptz NOT NULL DEFAULT clock_timestamp()
);

-- Appends one decision. Called last in its transaction.
-- A violation of event_pkey is the conflict, one of command_pkey the repeated command.
-- The shared lock's key carries the last issued position: settled_position() stays below every append still under way.
CREATE FUNCTION append_events(
    p_stream text, p_expected integer, p_case text, p_command uuid, p_fingerprint bytea, p_events jsonb, p_metadata jsonb,
    p_recorded_at timestamptz
) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
    many integer := jsonb_array_length(p_events);
BEGIN
    INSERT INTO public.command (id, stream, fingerprint, version, events)
    VALUES (p_command, p_stream, p_fingerprint, p_expected + many, many);
    IF many > 0 THEN
        PERFORM pg_advisory_xact_lock_shared((19013::bigint << 48) | (SELECT last_value - 1 FROM public.event_position_seq));
        IF many = 1 THEN                                      -- nearly always: a fifth cheaper than unfolding an array of one
            INSERT INTO public.event (stream, version, case_id, type, schema, data, metadata, recorded_at)
            VALUES (p_stream, p_expected + 1, p_case, p_events -> 0 ->> 0, (p_events -> 0 ->> 1)::smallint, p_events -> 0 -> 2,
                    p_metadata, p_recorded_at);
        ELSE
            INSERT INTO public.event (stream, version, case_id, type, schema, data, metadata, recorded_at)
            SELECT p_stream, p_expected + e.ordinality, p_case, e.value ->> 0, (e.value ->> 1)::smallint, e.value -> 2, p_metadata, p_recorded_at
            FROM jsonb_array_elements(p_events) WITH ORDINALITY AS e
            ORDER BY e.ordinality;
        END IF;
    END IF;
END
$$;

-- The greatest position below which nothing can appear any more. First what was issued, then who is still appending: in this order.
CREATE FUNCTION settled_position() RETURNS bigint LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
    issued bigint;
    lowest bigint;
BEGIN
    SELECT CASE WHEN is_called THEN last_value ELSE 0 END INTO issued FROM public.event_position_seq;
    SELECT min(((classid::bigint & 65535) << 32) | objid::bigint) INTO lowest
    FROM pg_locks
    WHERE locktype = 'advisory' AND objsubid = 1 AND (classid::bigint >> 16) = 19013
      AND database = (SELECT oid FROM pg_database WHERE datname = current_database());
    RETURN least(issued, lowest);
END
$$;

REVOKE ALL ON event, tick, command FROM :app_role;
GRANT SELECT ON event, command TO :app_role;
GRANT SELECT, INSERT ON tick TO :app_role;
REVOKE ALL ON FUNCTION append_events, settled_position FROM PUBLIC;
GRANT EXECUTE ON FUNCTION append_events, settled_position TO :app_role;
