-- How a person came in, and every way to end it. As in schema.sql nobody but the owner touches the tables; each function is granted by itself.

ALTER TABLE session
    ADD COLUMN handle uuid NOT NULL DEFAULT gen_random_uuid() UNIQUE,  -- names it on pages and opens nothing
    ADD COLUMN device text NOT NULL DEFAULT '',
    ADD COLUMN way text NOT NULL DEFAULT 'development',
    ADD COLUMN login text NOT NULL DEFAULT '',             -- digest of issuer and subject
    ADD COLUMN provider_session text NOT NULL DEFAULT '';  -- digest of issuer and the provider's session
CREATE INDEX session_login ON session (login) WHERE login <> '';
CREATE INDEX session_provider ON session (provider_session) WHERE provider_session <> '';

-- What a provider has ended: a login for everything issued until then, a session of the provider for good.
CREATE TABLE provider_ended (key text PRIMARY KEY, issued bigint NOT NULL, forget_at timestamptz NOT NULL);
-- Messages of providers that were heard: each counts once.
CREATE TABLE logout_heard (id bytea PRIMARY KEY CHECK (octet_length(id) = 32), forget_at timestamptz NOT NULL);

-- Answers when it ends at the latest; nothing where the provider has ended what it rests on. `issued` is the provider's own time, compared with
-- the provider's own time. The lock makes "ended" and "begun" one after the other: none slips through between.
DROP FUNCTION start_session(bytea, text, interval, interval);
CREATE FUNCTION start_session(
    new_digest bytea, of_person text, idle_for interval, longest interval,
    by_device text DEFAULT '', by_way text DEFAULT 'development', of_login text DEFAULT '', of_provider_session text DEFAULT '',
    issued_at bigint DEFAULT 0
) RETURNS timestamptz
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    moment timestamptz := clock_timestamp();
BEGIN
    IF of_login <> '' THEN
        PERFORM pg_advisory_xact_lock_shared(73, 1);
        IF EXISTS (
            SELECT 1 FROM provider_ended e
            WHERE (e.key = of_login AND issued_at <= e.issued) OR (of_provider_session <> '' AND e.key = of_provider_session)
        ) THEN
            RETURN NULL;
        END IF;
    END IF;
    DELETE FROM session WHERE ends_at <= moment OR seen_at + idle <= moment;
    DELETE FROM session WHERE id_digest IN (
        SELECT s.id_digest FROM session s WHERE s.person = of_person ORDER BY s.seen_at DESC OFFSET 99
    );
    INSERT INTO session (id_digest, person, started_at, seen_at, idle, ends_at, device, way, login, provider_session)
    VALUES (new_digest, of_person, moment, moment, idle_for, moment + longest, by_device, by_way, of_login, of_provider_session);
    RETURN moment + longest;
END
$$;

CREATE FUNCTION sessions_of(of_person text, mine bytea)
RETURNS TABLE (handle uuid, device text, way text, started_at timestamptz, seen_at timestamptz, ends_at timestamptz, here boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT s.handle, s.device, s.way, s.started_at, s.seen_at, s.ends_at, s.id_digest = mine
    FROM session s
    WHERE s.person = of_person AND s.ends_at > clock_timestamp() AND s.seen_at + s.idle > clock_timestamp()
    ORDER BY s.id_digest = mine DESC, s.seen_at DESC, s.handle
$$;

-- How many ended: one session of a person by its handle, or all (NULL), but for the one that is kept.
CREATE FUNCTION end_sessions_of(of_person text, one uuid, kept bytea) RETURNS bigint
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    WITH gone AS (
        DELETE FROM session s WHERE s.person = of_person AND (one IS NULL OR s.handle = one) AND s.id_digest <> kept RETURNING 1
    ) SELECT count(*) FROM gone
$$;

CREATE FUNCTION end_sessions_of_login(of_login text) RETURNS bigint
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    WITH gone AS (DELETE FROM session s WHERE of_login <> '' AND s.login = of_login RETURNING 1) SELECT count(*) FROM gone
$$;

-- A provider says that somebody signed out there. How many sessions ended; nothing for a message that was heard before.
CREATE FUNCTION provider_signs_out(message bytea, of_login text, of_provider_session text, issued_at bigint, keep interval) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    moment timestamptz := clock_timestamp();
    ended bigint;
BEGIN
    PERFORM pg_advisory_xact_lock(73, 1);
    DELETE FROM provider_ended WHERE forget_at <= moment;
    DELETE FROM logout_heard WHERE forget_at <= moment;
    INSERT INTO logout_heard VALUES (message, moment + keep) ON CONFLICT DO NOTHING;
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    IF of_provider_session <> '' THEN
        INSERT INTO provider_ended VALUES (of_provider_session, 9223372036854775807, moment + keep)
        ON CONFLICT (key) DO UPDATE SET forget_at = excluded.forget_at;
        DELETE FROM session s WHERE s.provider_session = of_provider_session AND (of_login = '' OR s.login = of_login);
    ELSIF of_login <> '' THEN
        INSERT INTO provider_ended VALUES (of_login, issued_at, moment + keep)
        ON CONFLICT (key) DO UPDATE SET issued = greatest(provider_ended.issued, excluded.issued), forget_at = excluded.forget_at;
        DELETE FROM session s WHERE s.login = of_login;
    END IF;
    GET DIAGNOSTICS ended = ROW_COUNT;
    RETURN ended;
END
$$;

REVOKE ALL ON FUNCTION
    start_session(bytea, text, interval, interval, text, text, text, text, bigint), sessions_of(text, bytea),
    end_sessions_of(text, uuid, bytea), end_sessions_of_login(text), provider_signs_out(bytea, text, text, bigint, interval)
FROM PUBLIC;
