-- What a service remembers of the transport: how far it has taken in each foreign stream, what it could not take in, how far it has published.
-- Run by the owner role after shared/eventsourcing/schema.sql, whose default privileges give :app_role its rights here.

-- One row per stream of a source: the newest version taken in. Everything up to it has had its effect exactly once.
CREATE TABLE IF NOT EXISTS cursor (
    source  text NOT NULL,
    stream  text NOT NULL,
    version integer NOT NULL,
    stuck   boolean NOT NULL DEFAULT false,                   -- the next version is parked: later ones queue behind it
    PRIMARY KEY (source, stream)
);

-- Messages that could not be taken in, with their cause; never dropped, retried by button or slowly by themselves.
CREATE TABLE IF NOT EXISTS parked (
    id        text PRIMARY KEY,                               -- source/stream/version, or topic/partition/offset of an unreadable one
    source    text NOT NULL,
    stream    text NOT NULL DEFAULT '',                       -- empty: not even that could be read
    version   integer NOT NULL DEFAULT 0,
    case_id   text NOT NULL DEFAULT '',
    type      text NOT NULL DEFAULT '',
    cause     text NOT NULL,                                  -- handler, undecodable, unknown, gap, cause or behind
    detail    text NOT NULL,
    message   jsonb NOT NULL,                                 -- topic, partition, offset, key, headers, value; bytes as base64
    parked_at timestamptz NOT NULL DEFAULT now(),
    tries     integer NOT NULL DEFAULT 0,
    next_at   timestamptz                                     -- when it is tried again by itself; NULL: as soon as it is first of its stream
);
CREATE INDEX IF NOT EXISTS parked_stream ON parked (source, stream, version);

-- How far this service's events have reached Kafka: one row.
CREATE TABLE IF NOT EXISTS relay (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    position bigint NOT NULL DEFAULT 0,                       -- everything up to it is acknowledged by the broker
    cluster  text NOT NULL DEFAULT '',                        -- the broker's own id: another one has other data
    ends     jsonb NOT NULL DEFAULT '{}',                     -- partition → the log end after our last message; less than that means lost data
    at       timestamptz NOT NULL DEFAULT now()
);

-- How far a source's heads were compared with our cursors, so that a lost last message is found too.
CREATE TABLE IF NOT EXISTS heads_seen (
    source   text PRIMARY KEY,
    position bigint NOT NULL
);
