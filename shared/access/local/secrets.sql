-- Secrets of local accounts. As in schema.sql nobody but the owner touches the tables; each function is granted to the door alone. What of it
-- counts, the account's stream in intake says: every row carries the number of the invitation under which it was made, and one of another
-- number is worthless.

CREATE TABLE invitation (
    person text PRIMARY KEY,
    number integer NOT NULL,
    digest bytea NOT NULL UNIQUE CHECK (octet_length(digest) = 32),  -- SHA-256 of what the link holds
    ends_at timestamptz NOT NULL,
    used boolean NOT NULL DEFAULT false
);
CREATE TABLE password (
    person text PRIMARY KEY,
    number integer NOT NULL,
    hash text NOT NULL CHECK (starts_with(hash, '$argon2id$'))
);
CREATE TABLE factor (
    person text NOT NULL,
    factor text NOT NULL,
    number integer NOT NULL,
    made_at timestamptz NOT NULL,
    totp text NOT NULL DEFAULT '',
    last_step bigint NOT NULL DEFAULT -1,       -- no code of this step or an earlier one counts any more
    credential bytea UNIQUE,
    public_key bytea,
    sign_count bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (person, factor)
);
-- What is handed out to come back once: a sign-in that waits for its second factor, a challenge for a passkey, a key that is being set up.
CREATE TABLE ticket (
    digest bytea PRIMARY KEY CHECK (octet_length(digest) = 32),
    purpose text NOT NULL,
    person text NOT NULL,
    content text NOT NULL,
    tries integer NOT NULL DEFAULT 0,
    made_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL
);
CREATE INDEX ticket_person ON ticket (person, purpose, made_at);
CREATE INDEX ticket_ends_at ON ticket (ends_at);
CREATE TABLE attempt (key bytea PRIMARY KEY, count integer NOT NULL, ends_at timestamptz NOT NULL);
CREATE INDEX attempt_ends_at ON attempt (ends_at);

-- Whether this is the person's link now; not where a newer one is, or this one was used already.
CREATE FUNCTION keep_invitation(of_person text, of_number integer, new_digest bytea, lasting interval) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    INSERT INTO invitation VALUES (of_person, of_number, new_digest, clock_timestamp() + lasting)
    ON CONFLICT (person) DO UPDATE SET number = excluded.number, digest = excluded.digest, ends_at = excluded.ends_at, used = false
    WHERE invitation.number < excluded.number OR (invitation.number = excluded.number AND NOT invitation.used);
    RETURN FOUND;
END
$$;

-- Whose link this is, if it may still be used. One that is found ended is used up, so that a clock that is set back revives nothing.
CREATE FUNCTION find_invitation(wanted bytea) RETURNS TABLE (person text, number integer)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    UPDATE invitation i SET used = true WHERE i.digest = wanted AND i.ends_at <= clock_timestamp();
    RETURN QUERY SELECT i.person, i.number FROM invitation i WHERE i.digest = wanted AND NOT i.used;
END
$$;

-- Uses a link up and sets its password, both or neither: of two who come at once one is answered.
CREATE FUNCTION use_invitation(wanted bytea, new_hash text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    found invitation;
BEGIN
    UPDATE invitation i SET used = true WHERE i.digest = wanted AND NOT i.used AND i.ends_at > clock_timestamp() RETURNING i.* INTO found;
    IF found.person IS NULL THEN
        RETURN false;
    END IF;
    INSERT INTO password VALUES (found.person, found.number, new_hash)
    ON CONFLICT (person) DO UPDATE SET number = excluded.number, hash = excluded.hash WHERE password.number < excluded.number;
    DELETE FROM factor f WHERE f.person = found.person AND f.number < found.number;
    DELETE FROM ticket t WHERE t.person = found.person;
    RETURN true;
END
$$;

CREATE FUNCTION password_of(of_person text) RETURNS TABLE (number integer, hash text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT p.number, p.hash FROM password p WHERE p.person = of_person
$$;

-- Another hash in place of the one that was looked at; not where somebody was quicker.
CREATE FUNCTION change_password(of_person text, old_hash text, new_hash text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    UPDATE password p SET hash = new_hash WHERE p.person = of_person AND p.hash = old_hash;
    RETURN FOUND;
END
$$;

-- Whether the factor was added. What nobody came to confirm within an hour goes, so that the table stays small.
CREATE FUNCTION add_factor(
    of_person text, new_factor text, of_number integer, confirmed text[], new_totp text, step bigint,
    new_credential bytea, new_key bytea, count bigint
) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    moment timestamptz := clock_timestamp();
BEGIN
    DELETE FROM factor f
    WHERE f.person = of_person AND f.factor <> ALL (confirmed) AND (f.number < of_number OR f.made_at < moment - interval '1 hour');
    IF (SELECT count(*) FROM factor f WHERE f.person = of_person) >= 40 THEN
        RETURN false;
    END IF;
    INSERT INTO factor VALUES (of_person, new_factor, of_number, moment, new_totp, step, new_credential, new_key, count)
    ON CONFLICT DO NOTHING;
    RETURN FOUND;
END
$$;

CREATE FUNCTION factors_of(of_person text, of_number integer) RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT coalesce(jsonb_agg(jsonb_build_object(
        'factor', f.factor, 'totp', f.totp, 'credential', encode(f.credential, 'hex'), 'public_key', encode(f.public_key, 'hex'),
        'sign_count', f.sign_count) ORDER BY f.made_at), '[]')
    FROM factor f WHERE f.person = of_person AND f.number = of_number
$$;

-- Whether a code of this step counts: once, and none of an earlier step after it.
CREATE FUNCTION use_step(of_person text, of_factor text, step bigint) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    UPDATE factor f SET last_step = step WHERE f.person = of_person AND f.factor = of_factor AND f.last_step < step;
    RETURN FOUND;
END
$$;

-- Whether a passkey's counter goes on; one that counts nothing says 0 for ever.
CREATE FUNCTION use_count(of_person text, of_factor text, count bigint) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    UPDATE factor f SET sign_count = count
    WHERE f.person = of_person AND f.factor = of_factor AND (f.sign_count < count OR (f.sign_count = 0 AND count = 0));
    RETURN FOUND;
END
$$;

CREATE FUNCTION remove_factor(of_person text, of_factor text) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    DELETE FROM factor WHERE person = of_person AND factor = of_factor
$$;

-- At most twenty of a person and purpose; the oldest go.
CREATE FUNCTION keep_ticket(new_digest bytea, of_purpose text, of_person text, of_content text, lasting interval) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    DELETE FROM ticket WHERE ends_at <= clock_timestamp();
    DELETE FROM ticket WHERE digest IN (
        SELECT t.digest FROM ticket t WHERE t.person = of_person AND t.purpose = of_purpose ORDER BY t.made_at DESC OFFSET 19);
    INSERT INTO ticket VALUES (new_digest, of_purpose, of_person, of_content, 0, clock_timestamp(), clock_timestamp() + lasting)
$$;

CREATE FUNCTION see_ticket(wanted bytea, of_purpose text) RETURNS TABLE (person text, content text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT t.person, t.content FROM ticket t WHERE t.digest = wanted AND t.purpose = of_purpose AND t.ends_at > clock_timestamp()
$$;

-- The same, counted before it is tried; after `most` tries it is nothing any more.
CREATE FUNCTION try_ticket(wanted bytea, of_purpose text, most integer) RETURNS TABLE (person text, content text)
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    UPDATE ticket t SET tries = t.tries + 1
    WHERE t.digest = wanted AND t.purpose = of_purpose AND t.ends_at > clock_timestamp() AND t.tries < most
    RETURNING t.person, t.content
$$;

CREATE FUNCTION take_ticket(wanted bytea, of_purpose text) RETURNS TABLE (person text, content text)
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    DELETE FROM ticket t WHERE t.digest = wanted AND t.purpose = of_purpose AND t.ends_at > clock_timestamp()
    RETURNING t.person, t.content
$$;

-- How long to wait before this may be tried; nothing where it may, and then it is counted. What is refused is not counted and writes nothing,
-- so that refusals lengthen nothing. Two at once may both pass the look and are both counted: the second of them is told.
CREATE FUNCTION count_attempt(keys bytea[], most integer[], spans interval[]) RETURNS interval
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    moment timestamptz := clock_timestamp();
    wait interval;
    one record;
    counted attempt;
BEGIN
    SELECT max(a.ends_at - moment) INTO wait FROM attempt a JOIN unnest(keys, most) AS l (key, most) ON a.key = l.key
    WHERE a.ends_at > moment AND a.count >= l.most;
    IF wait IS NOT NULL THEN
        RETURN wait;
    END IF;
    DELETE FROM attempt WHERE key IN (SELECT a.key FROM attempt a WHERE a.ends_at <= moment ORDER BY a.key LIMIT 100 FOR UPDATE SKIP LOCKED);
    FOR one IN SELECT * FROM unnest(keys, most, spans) AS l (key, most, span) ORDER BY l.key LOOP
        INSERT INTO attempt VALUES (one.key, 1, moment + one.span)
        ON CONFLICT (key) DO UPDATE SET
            count = CASE WHEN attempt.ends_at <= moment THEN 1 ELSE attempt.count + 1 END,
            ends_at = CASE WHEN attempt.ends_at <= moment THEN excluded.ends_at ELSE attempt.ends_at END
        RETURNING * INTO counted;
        IF counted.count > one.most THEN
            wait := greatest(wait, counted.ends_at - moment);
        END IF;
    END LOOP;
    RETURN wait;
END
$$;

-- What turned out to be right was no attempt.
CREATE FUNCTION forgive_attempt(keys bytea[]) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    UPDATE attempt SET count = count - 1 WHERE count > 0 AND key IN (SELECT a.key FROM attempt a WHERE a.key = ANY (keys) ORDER BY a.key FOR UPDATE)
$$;

REVOKE ALL ON FUNCTION
    keep_invitation(text, integer, bytea, interval), find_invitation(bytea), use_invitation(bytea, text), password_of(text),
    change_password(text, text, text), add_factor(text, text, integer, text[], text, bigint, bytea, bytea, bigint),
    factors_of(text, integer), use_step(text, text, bigint), use_count(text, text, bigint), remove_factor(text, text),
    keep_ticket(bytea, text, text, text, interval), see_ticket(bytea, text), try_ticket(bytea, text, integer), take_ticket(bytea, text),
    count_attempt(bytea[], integer[], interval[]), forgive_attempt(bytea[])
FROM PUBLIC;
