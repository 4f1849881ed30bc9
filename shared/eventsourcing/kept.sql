-- How long what is kept beside the events is kept (docs/decisions/0025-limits-found-by-trying.md).
-- Run by the owner role after schema.sql, in a migration of its own.

-- Answers of commands older than 400 days are forgotten, the oldest first and a bounded number at a time: a clock that jumps ahead costs few of them.
CREATE FUNCTION forget_answers(p_most integer) RETURNS bigint LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    WITH old AS (
        SELECT id FROM public.command WHERE at < clock_timestamp() - interval '400 days' ORDER BY at LIMIT least(p_most, 20000) FOR UPDATE SKIP LOCKED
    ), gone AS (DELETE FROM public.command WHERE id IN (SELECT id FROM old) RETURNING 1)
    SELECT count(*) FROM gone
$$;
REVOKE ALL ON FUNCTION forget_answers FROM PUBLIC;
GRANT EXECUTE ON FUNCTION forget_answers TO :app_role;
