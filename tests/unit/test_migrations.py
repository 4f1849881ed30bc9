"""The migrations of each database stand in one line: two that were written at the same time would leave
nobody able to say which comes first.
"""

from pathlib import Path

import pytest
from alembic.script import ScriptDirectory

from shared.migrations import migrate
from shared.migrations.migrate import newest
from shared.service_names import SERVICES


@pytest.mark.parametrize("service", [*SERVICES, "access"])
def test_migrations_stand_in_one_line(service: str) -> None:
    assert str(newest(service)).startswith(f"{service}_"), "`newest` raises where there are several"


@pytest.mark.parametrize("service", [*SERVICES, "access"])
def test_the_newest_revision_is_the_one_that_alembic_would_go_to(service: str) -> None:
    assert newest(service) == ScriptDirectory.from_config(migrate.config(service)).get_current_head()


def test_two_migrations_after_the_same_one_have_no_newest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    versions = tmp_path / "services" / "intake" / "migrations"
    versions.mkdir(parents=True)
    for name, after in (("one", "None"), ("two", '"one"'), ("three", '"one"')):
        (versions / f"000_{name}.py").write_text(f'revision = "{name}"\ndown_revision = {after}\n')
    monkeypatch.setattr(migrate, "_ROOT", tmp_path)
    with pytest.raises(ValueError, match=r"\['three', 'two'\]"):
        newest("intake")


@pytest.mark.parametrize("service", [*SERVICES, "access"])
def test_an_index_is_made_in_words_that_the_doctor_reads(service: str) -> None:
    """It takes the names of all indexes from `CREATE INDEX` (`deploy/doctor/inside.py`)."""
    for file in migrate._folder(service).glob("[0-9]*.py"):
        for unread in ("index=True", "unique=True", "create_index(", "sa.Index("):
            assert unread not in file.read_text(encoding="utf-8"), file.name
