-- What each working process of the service says of itself, for the processes that only serve pages: they answer /ready and show Macet.
-- Run by the owner role after schema.sql, in a migration of its own.

CREATE TABLE worker (
    node  text PRIMARY KEY,
    at    timestamptz NOT NULL DEFAULT now(),                 -- when it said so; it says it every few seconds
    state jsonb NOT NULL                                      -- its checks and troubles
);
