-- What a provider gave so that it can be asked again whether somebody is still somebody there, sealed by the service that signs people in: the only
-- one that may touch it. It goes with its session. And how many sessions there are, without whose.

ALTER TABLE session
    ADD COLUMN sealed_grant text NOT NULL DEFAULT '' CHECK (octet_length(sealed_grant) <= 16000),
    ADD COLUMN asked_at timestamptz NOT NULL DEFAULT clock_timestamp();
CREATE INDEX session_asked_at ON session (asked_at) WHERE sealed_grant <> '';

CREATE FUNCTION keep_grant(wanted bytea, sealed text) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    UPDATE session SET sealed_grant = sealed, asked_at = clock_timestamp() WHERE id_digest = wanted
$$;

-- Those to be asked about now: live, used since they were asked about, and that so long ago. Who takes them asks; nobody else does at once.
CREATE FUNCTION take_grants(after interval, most integer) RETURNS jsonb
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    WITH due AS (
        SELECT s.id_digest FROM session s
        WHERE s.sealed_grant <> '' AND s.asked_at + after <= clock_timestamp() AND s.seen_at > s.asked_at
          AND s.ends_at > clock_timestamp() AND s.seen_at + s.idle > clock_timestamp()
        ORDER BY s.asked_at LIMIT most FOR UPDATE SKIP LOCKED
    ), taken AS (
        UPDATE session s SET asked_at = clock_timestamp() FROM due WHERE s.id_digest = due.id_digest
        RETURNING s.id_digest, s.sealed_grant
    )
    SELECT coalesce(jsonb_agg(jsonb_build_array(encode(id_digest, 'hex'), sealed_grant)), '[]') FROM taken
$$;

CREATE FUNCTION count_sessions() RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT coalesce(jsonb_object_agg(way, many), '{}') FROM (
        SELECT s.way, count(*) AS many FROM session s
        WHERE s.ends_at > clock_timestamp() AND s.seen_at + s.idle > clock_timestamp() GROUP BY s.way
    ) AS live
$$;

REVOKE ALL ON FUNCTION keep_grant(bytea, text), take_grants(interval, integer), count_sessions() FROM PUBLIC;
