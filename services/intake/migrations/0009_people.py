"""Persons and their offices, as pages and the people of all services show them."""

from alembic import op

revision = "intake_0009"
down_revision = "intake_0008"


def upgrade() -> None:
    op.execute("""
        CREATE TABLE person (
            person        text NOT NULL PRIMARY KEY,
            version       integer NOT NULL,
            region        text NOT NULL,
            name          text NOT NULL,
            nip           text NOT NULL,
            rank      text NOT NULL,
            qualification text NOT NULL,
            agency        text NOT NULL,
            left_on       date,
            left_reason   text
        );
        CREATE TABLE person_told (
            person        text NOT NULL,
            told          integer NOT NULL,
            name          text NOT NULL,
            nip           text NOT NULL,
            rank      text NOT NULL,
            qualification text NOT NULL,
            agency        text NOT NULL,
            by            text NOT NULL,
            occurred_on   date NOT NULL,
            recorded_at   timestamptz NOT NULL,
            PRIMARY KEY (person, told)
        );
        CREATE TABLE office (
            person       text NOT NULL,
            office       integer NOT NULL,
            role         text NOT NULL,
            agency       text NOT NULL,
            valid_from   date NOT NULL,
            valid_until  date,
            acting       text NOT NULL,
            acting_for   text NOT NULL,
            letter       text NOT NULL,
            letter_on    date,
            given_by     text NOT NULL,
            given_on     date NOT NULL,
            ended_by     text,
            ended_reason text,
            PRIMARY KEY (person, office)
        )""")
