-- API tokens. As in schema.sql nobody but the owner touches the tables; each function is granted by itself. Which tokens there are, the streams of
-- intake say; here stand the digests of their secrets, each with the number under which it was made: a later number makes earlier ones worthless.

CREATE TABLE token (
    token text PRIMARY KEY,                                          -- region and name
    number integer NOT NULL,
    digest bytea NOT NULL UNIQUE CHECK (octet_length(digest) = 32),  -- SHA-256 of 256 random bits
    holder text NOT NULL,
    role text NOT NULL,
    agency text NOT NULL,
    ends_at timestamptz NOT NULL,
    used_at timestamptz
);
-- How far ahead of its pace a token is. It may be lost in a crash, and is written with every use.
CREATE UNLOGGED TABLE token_pace (token text PRIMARY KEY, due timestamptz NOT NULL);

-- Whether this is the token's secret now; not where one of this number or a later one was made.
CREATE FUNCTION keep_token(
    of_token text, of_number integer, new_digest bytea, of_holder text, of_role text, of_agency text, until timestamptz
) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    INSERT INTO token VALUES (of_token, of_number, new_digest, of_holder, of_role, of_agency, until)
    ON CONFLICT (token) DO UPDATE SET
        number = excluded.number, digest = excluded.digest, holder = excluded.holder, role = excluded.role, agency = excluded.agency,
        ends_at = excluded.ends_at
    WHERE token.number < excluded.number;
    RETURN FOUND;
END
$$;

-- Whose secret this is, and how long it must wait, by the pace of one use `every` with `burst` at once; nothing where it opens nothing. One that is
-- found ended is gone, so that a clock that is set back revives nothing; nor can such a clock keep a token waiting longer than its burst.
CREATE FUNCTION use_token(wanted bytea, every interval, burst integer)
RETURNS TABLE (token text, holder text, role text, agency text, ends_at timestamptz, wait interval)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    found_one public.token;
    moment timestamptz := clock_timestamp();
    ahead timestamptz;
BEGIN
    SELECT * INTO found_one FROM public.token t WHERE t.digest = wanted;
    IF NOT FOUND THEN
        RETURN;
    END IF;
    IF found_one.ends_at <= moment THEN
        DELETE FROM public.token t WHERE t.digest = wanted;
        RETURN;
    END IF;
    INSERT INTO token_pace VALUES (found_one.token, moment) ON CONFLICT DO NOTHING;
    SELECT p.due INTO ahead FROM token_pace p WHERE p.token = found_one.token FOR UPDATE;
    moment := clock_timestamp();
    ahead := greatest(least(ahead, moment + every * burst), moment) + every;
    wait := greatest(ahead - (moment + every * burst), interval '0');
    UPDATE token_pace p SET due = ahead - CASE WHEN wait > interval '0' THEN every ELSE interval '0' END WHERE p.token = found_one.token;
    IF found_one.used_at IS NULL OR found_one.used_at <= moment - interval '1 minute' OR found_one.used_at > moment THEN
        UPDATE public.token t SET used_at = moment WHERE t.digest = wanted;
    END IF;
    RETURN QUERY SELECT found_one.token, found_one.holder, found_one.role, found_one.agency, found_one.ends_at, wait;
END
$$;

-- Which secrets there are, and when each was used last, to the minute.
CREATE FUNCTION tokens_kept() RETURNS TABLE (token text, number integer, used_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT t.token, t.number, t.used_at FROM token t
$$;

-- Of each token no secret below its number opens anything any more. How many went.
CREATE FUNCTION drop_tokens(tokens text[], numbers integer[]) RETURNS bigint
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    WITH gone AS (
        DELETE FROM token t USING unnest(tokens, numbers) AS l (token, number) WHERE t.token = l.token AND t.number < l.number RETURNING t.token
    ), unpaced AS (
        DELETE FROM token_pace p USING gone g WHERE p.token = g.token
    ) SELECT count(*) FROM gone
$$;

REVOKE ALL ON FUNCTION
    keep_token(text, integer, bytea, text, text, text, timestamptz), use_token(bytea, interval, integer), tokens_kept(),
    drop_tokens(text[], integer[])
FROM PUBLIC;
