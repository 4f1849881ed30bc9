-- An event's identity is its content (docs/decisions/0014-who-said-it.md): what was taken in is remembered by digest, what cannot be sent is named.
-- Run by the owner role after schema.sql, in a migration of its own.

-- The chain over the content of everything up to `version`; NULL in rows from before, until the source was asked (`heads`).
ALTER TABLE cursor ADD COLUMN id integer GENERATED ALWAYS AS IDENTITY UNIQUE;
ALTER TABLE cursor ADD COLUMN digest bytea;
ALTER TABLE cursor ALTER COLUMN digest SET DEFAULT '';

-- The content digest of each event that was taken in, so that a repetition with other content is seen.
CREATE TABLE taken (
    cursor  integer NOT NULL,                                 -- cursor.id
    version integer NOT NULL,
    digest  bytea NOT NULL,
    PRIMARY KEY (cursor, version)
);

-- A parked message that no stream waits behind: forged, or other content than what was taken in.
ALTER TABLE parked ADD COLUMN aside boolean NOT NULL DEFAULT false;

-- Own events that the broker will not take; everything else goes on, these are tried again slowly.
CREATE TABLE unpublished (
    position bigint PRIMARY KEY,
    stream   text NOT NULL,
    version  integer NOT NULL,
    type     text NOT NULL,
    cause    text NOT NULL,                                   -- the broker's error by name
    detail   text NOT NULL,
    since    timestamptz NOT NULL DEFAULT now(),
    tries    integer NOT NULL DEFAULT 1,
    next_at  timestamptz NOT NULL
);

-- How far the streams that did not move were compared, in the order of their names; it begins again at the end.
ALTER TABLE heads_seen ADD COLUMN swept text NOT NULL DEFAULT '';

-- shared/messaging/digest.py says the same; tests/integration/test_digests.py holds both together.
CREATE FUNCTION framed(p text) RETURNS bytea LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
    $$ SELECT int4send(octet_length(convert_to(p, 'UTF8'))) || convert_to(p, 'UTF8') $$;
CREATE FUNCTION event_digest(e event) RETURNS bytea LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT sha256(framed(e.stream) || framed(e.version::text) || framed(e.type) || framed(e.schema::text) || framed(e.case_id)
        || framed(e.data::text) || framed(e.metadata::text)
        || framed(to_char(e.recorded_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')))
$$;
CREATE FUNCTION chain_link(before bytea, digest bytea) RETURNS bytea LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
    $$ SELECT sha256(before || digest) $$;
CREATE AGGREGATE chained(bytea) (SFUNC = chain_link, STYPE = bytea, INITCOND = '');
