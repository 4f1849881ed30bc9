"""Read models that named steps by the number under 04/SOP/2022 name them by their key:
what each service's own migration does with its tables.
"""

from alembic import op

from shared.contracts.upcasting import STEPS_OF_2022

_KEYS = ", ".join(f"'{key}'" for key in STEPS_OF_2022)


def rename(*tables: str) -> None:
    """Turns the column `step` of these tables from a number into a key."""
    for table in tables:
        op.execute(f"ALTER TABLE {table} ALTER COLUMN step TYPE text USING (ARRAY[{_KEYS}])[step]")


def rename_in(table: str, column: str) -> None:
    """The same for the member `step` of a JSON column, where it has one."""
    number = f"({column}->>'step')::integer"
    key = f"to_jsonb((ARRAY[{_KEYS}])[{number}])"
    op.execute(  # nothing in it comes from outside
        f"UPDATE {table} SET {column} = jsonb_set({column}, '{{step}}', {key}) "  # noqa: S608
        f"WHERE jsonb_typeof({column}->'step') = 'number'"
    )


def tell_sop() -> None:
    """The steps that started say under which SOP, which until now was this one."""
    op.execute("ALTER TABLE step ADD COLUMN sop text NOT NULL DEFAULT '04/SOP/2022'")
    op.execute("ALTER TABLE step ALTER COLUMN sop DROP DEFAULT")
