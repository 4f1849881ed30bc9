"""Read models of intake: what board, timeline, submission form, agencies and calendar show.

Each table is written from events of one source only, or holds one row per event,
so that a rebuild may read source by source. Each says its region in a column, or by its cycle or stream.
"""

from sqlalchemy import Column, Date, DateTime, Index, Integer, MetaData, Table, Text
from sqlalchemy.dialects.postgresql import JSONB

from shared.eventsourcing.sight import ANY

metadata = MetaData()

_NIP = "regexp_replace({}.nip, '[^0-9]', '', 'g')"
_OF_LOGIN = f"""CASE login.person
    WHEN '' THEN coalesce((SELECT min(one.region) FROM public.person one
        WHERE one.nip <> '' AND one.left_on IS NULL
        AND {_NIP.format("one")} = {_NIP.format("login")}), {ANY})
    ELSE (SELECT one.region FROM public.person one WHERE one.person = login.person) END"""  # noqa: S608  no text of anybody
"""Who asks to be let in is of the region where somebody has this NIP; where nobody has, of what all see."""

cycle = Table(
    "cycle",
    metadata,
    Column("cycle", Text, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("region", Text, nullable=False),
    Column("region_name", Text, nullable=False),
    Column("year", Integer, nullable=False),
    Column("sop", Text, nullable=False),
    Column("catalogue", Integer, nullable=False),
    Column("report_due", Date, nullable=False),
    Column("opened_by", Text, nullable=False),
    Column("opened_on", Date, nullable=False),
)

step = Table(
    "step",
    metadata,
    Column("cycle", Text, primary_key=True),
    Column("step", Text, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("started_on", Date),
    Column("due_on", Date),
    Column("due", JSONB),
    Column("parts", JSONB),
    Column("reopened_on", Date),
    Column("completed_on", Date),
    Column("completed_by", Text),
    Column("summary", Text),
    Column("evidence", JSONB),
)

step_part = Table(
    "step_part",
    metadata,
    Column("cycle", Text, primary_key=True),
    Column("step", Text, primary_key=True),
    Column("part", Text, primary_key=True),
    Column("by", Text, nullable=False),
    Column("occurred_on", Date, nullable=False),
)

reopened_part = Table(
    "reopened_part",
    metadata,
    Column("cycle", Text, primary_key=True),
    Column("step", Text, primary_key=True),
    Column("part", Text, primary_key=True),
    Column("stream", Text, primary_key=True),
    Column("occurred_on", Date, nullable=False),
)

plan = Table(
    "plan",
    metadata,
    Column("cycle", Text, primary_key=True),
    Column("step", Text, primary_key=True),
    Column("planned_on", Date, nullable=False),
)

submission = Table(
    "submission",
    metadata,
    Column("submission", Text, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("cycle", Text, nullable=False, index=True),
    Column("agency", Text, nullable=False),
    Column("agency_name", Text, nullable=False),
    Column("period", Text, nullable=False),
    Column("services", JSONB, nullable=False),
    Column("state", Text, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("digest", Text, nullable=False),
    Column("thresholds", Integer, nullable=False),
    Column("opened_on", Date, nullable=False),
    Column("handed_in_by", Text),
    Column("handed_in_on", Date),
    Column("reason", Text, nullable=False),
    Column("notes", JSONB, nullable=False),
    Column("last_by", Text, nullable=False),
    Column("last_at", DateTime(timezone=True), nullable=False),
)

figure = Table(
    "figure",
    metadata,
    Column("submission", Text, primary_key=True),
    Column("service", Text, primary_key=True),
    Column("figure", JSONB, nullable=False),
    Column("by", Text, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
)

evidence = Table(
    "evidence",
    metadata,
    Column("submission", Text, primary_key=True),
    Column("digest", Text, primary_key=True),
    Column("file", JSONB, nullable=False),
    Column("services", JSONB, nullable=False),
    Column("by", Text, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
)

signed_sheet = Table(
    "signed_sheet",
    metadata,
    Column("submission", Text, primary_key=True),
    Column("sheet", Text, primary_key=True),
    Column("digest", Text, primary_key=True),
    Column("revision", Integer, nullable=False),
    Column("file", JSONB, nullable=False),
    Column("by", Text, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
)

verdict = Table(
    "verdict",
    metadata,
    Column("submission", Text, primary_key=True),
    Column("verdict", Text, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("by", Text, nullable=False),
)

agency = Table(
    "agency",
    metadata,
    Column("region", Text, primary_key=True),
    Column("agency", Text, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("name", Text, nullable=False),
    Column("short_name", Text, nullable=False),
)

assignment = Table(
    "assignment",
    metadata,
    Column("region", Text, primary_key=True),
    Column("agency", Text, primary_key=True),
    Column("service", Text, primary_key=True),
    Column("valid_from", Date, primary_key=True),
    Column("valid_until", Date),
)

calendar_change = Table(
    "calendar_change",
    metadata,
    Column("region", Text, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("day", Date, nullable=False),
    Column("kind", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("calendar", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("occurred_on", Date, nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
)

login = Table(
    "login",
    metadata,
    Column("login", Text, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("issuer", Text, nullable=False),
    Column("nip", Text, nullable=False),
    Column("email", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("waiting", Integer, nullable=False),
    Column("requested_on", Date, nullable=False),
    Column("person", Text, nullable=False),
    Column("decided_by", Text, nullable=False),
    Column("decided_on", Date),
    Column("reason", Text, nullable=False),
    info={"region": _OF_LOGIN},
)

account = Table(
    "account",
    metadata,
    Column("person", Text, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("state", Text, nullable=False),
    Column("invitation", Integer, nullable=False),
    Column("asked_by", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("changed_by", Text, nullable=False),
    Column("changed_on", Date, nullable=False),
    info={"region": "(SELECT one.region FROM public.person one WHERE one.person = account.person)"},
)

token = Table(
    "token",
    metadata,
    Column("token", Text, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("region", Text, nullable=False),
    Column("number", Integer, nullable=False),
    Column("role", Text, nullable=False),
    Column("agency", Text, nullable=False),
    Column("holder", Text, nullable=False),
    Column("purpose", Text, nullable=False),
    Column("valid_until", Date, nullable=False),
    Column("given_by", Text, nullable=False),
    Column("given_on", Date, nullable=False),
    Column("ended_by", Text, nullable=False),
    Column("ended_on", Date),
    Column("reason", Text, nullable=False),
)

happening = Table(
    "happening",
    metadata,
    Column("source", Text, primary_key=True),
    Column("stream", Text, primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("cycle", Text, nullable=False),
    Column("step", Text, nullable=False),
    Column("agency", Text, nullable=False),
    Column("what", Text, nullable=False),
    Column("facts", JSONB, nullable=False),
    Column("by", Text, nullable=False),
    Column("occurred_on", Date, nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
    Index("ix_happening_cycle", "cycle", "recorded_at"),
)

person = Table(
    "person",
    metadata,
    Column("region", Text, primary_key=True),
    Column("person", Text, primary_key=True, unique=True),
    Column("version", Integer, nullable=False),
    Column("name", Text, nullable=False),
    Column("nip", Text, nullable=False),
    Column("rank", Text, nullable=False),
    Column("qualification", Text, nullable=False),
    Column("agency", Text, nullable=False),
    Column("left_on", Date),
    Column("left_reason", Text),
)

person_told = Table(
    "person_told",
    metadata,
    Column("region", Text, nullable=False),
    Column("person", Text, primary_key=True),
    Column("told", Integer, primary_key=True),
    Column("name", Text, nullable=False),
    Column("nip", Text, nullable=False),
    Column("rank", Text, nullable=False),
    Column("qualification", Text, nullable=False),
    Column("agency", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("occurred_on", Date, nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
)

office = Table(
    "office",
    metadata,
    Column("region", Text, nullable=False),
    Column("person", Text, primary_key=True),
    Column("office", Integer, primary_key=True),
    Column("role", Text, nullable=False),
    Column("agency", Text, nullable=False),
    Column("valid_from", Date, nullable=False),
    Column("valid_until", Date),
    Column("acting", Text, nullable=False),
    Column("acting_for", Text, nullable=False),
    Column("letter", Text, nullable=False),
    Column("letter_on", Date),
    Column("given_by", Text, nullable=False),
    Column("given_on", Date, nullable=False),
    Column("ended_by", Text),
    Column("ended_reason", Text),
)
