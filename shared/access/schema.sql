-- Sessions of signed-in people. Nobody but the owner touches the table: services go through the three functions, each granted by itself
-- (shared/access/database.py). The clock is this database's alone, so that no process can lengthen a session by its own.

CREATE TABLE session (
    id_digest bytea PRIMARY KEY CHECK (octet_length(id_digest) = 32),  -- SHA-256; the id itself is nowhere but with its person
    person text NOT NULL,
    started_at timestamptz NOT NULL,
    seen_at timestamptz NOT NULL,
    idle interval NOT NULL,
    ends_at timestamptz NOT NULL
);
CREATE INDEX session_ends_at ON session (ends_at);

CREATE FUNCTION start_session(new_digest bytea, of_person text, idle_for interval, longest interval) RETURNS timestamptz
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    moment timestamptz := clock_timestamp();
BEGIN
    DELETE FROM session WHERE ends_at <= moment OR seen_at + idle <= moment;
    INSERT INTO session VALUES (new_digest, of_person, moment, moment, idle_for, moment + longest);
    RETURN moment + longest;
END
$$;

-- Who this is, if the session has not ended; being asked keeps it alive. One that is found ended is forgotten, so that a clock that is set
-- back revives nothing.
CREATE FUNCTION look_up_session(wanted bytea) RETURNS TABLE (person text, ends_at timestamptz)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    moment timestamptz := clock_timestamp();
    found session;
BEGIN
    SELECT s.* INTO found FROM session s WHERE s.id_digest = wanted;
    IF found.id_digest IS NULL THEN
        RETURN;
    END IF;
    IF moment >= found.ends_at OR moment >= found.seen_at + found.idle THEN
        DELETE FROM session s WHERE s.id_digest = wanted AND (moment >= s.ends_at OR moment >= s.seen_at + s.idle);
        RETURN;
    END IF;
    IF moment >= found.seen_at + least(found.idle / 10, interval '1 minute') THEN
        UPDATE session s SET seen_at = moment WHERE s.id_digest = wanted AND s.seen_at < moment;
    END IF;
    RETURN QUERY SELECT found.person, found.ends_at;
END
$$;

CREATE FUNCTION end_session(wanted bytea) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    DELETE FROM session WHERE id_digest = wanted
$$;

REVOKE ALL ON FUNCTION start_session(bytea, text, interval, interval), look_up_session(bytea), end_session(bytea) FROM PUBLIC;
