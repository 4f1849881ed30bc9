"""The lock list of jars and the choice of a Java."""

import hashlib
from pathlib import Path

import pytest

from deploy.local.broker import jars, java


def test_every_jar_of_the_lock_list_has_a_version_and_a_checksum() -> None:
    locked = jars.locked()
    assert len(locked.jars) == 46
    assert f"org.apache.kafka:kafka_2.13:{locked.version}" in {jar.coordinates for jar in locked.jars}
    assert len({jar.file_name for jar in locked.jars}) == len(locked.jars)


def test_the_lock_list_names_no_registry() -> None:
    text = Path(jars.__file__).with_name("kafka.jars.toml").read_text(encoding="utf-8")
    assert "http" not in text
    assert "repo" not in text


@pytest.mark.parametrize(
    "line", ['"org.slf4j:slf4j-api" = "%s"' % ("a" * 64), '"a:b:1" = "abc"', '"a:b:1" = "%s"' % ("G" * 64)]
)
def test_a_line_that_locks_nothing_is_refused(line: str) -> None:
    with pytest.raises(ValueError, match="not a locked jar"):
        jars.parse(f'version = "1"\n[jars]\n{line}\n')


def test_a_jar_with_other_bytes_is_not_the_locked_one(tmp_path: Path) -> None:
    jar = jars.Jar("org.example:thing:1.0", hashlib.sha256(b"right").hexdigest())
    file = tmp_path / jar.file_name
    assert file.name == "thing-1.0.jar"
    assert not jar.is_right(file)
    file.write_bytes(b"wrong")
    assert not jar.is_right(file)
    file.write_bytes(b"right")
    assert jar.is_right(file)


@pytest.mark.parametrize(
    ("text", "release"),
    [
        ('openjdk version "25.0.2" 2026-01-20', 25),
        ('openjdk version "17.0.15" 2025-04-15', 17),
        ('java version "1.8.0_301"', 8),
        ("no such thing", 0),
    ],
)
def test_the_release_of_a_java_is_read_from_its_own_words(text: str, release: int) -> None:
    assert java.release_of(text) == release


def test_each_java_gets_the_archive_option_it_knows() -> None:
    file = Path("classes")
    assert java.Java(Path("java"), 17).archive_made_by(file) == "-XX:ArchiveClassesAtExit=classes"
    assert java.Java(Path("java"), 25).archive_made_by(file) == "-XX:AOTCacheOutput=classes"
    assert "-XX:SharedArchiveFile=classes" in java.Java(Path("java"), 17).archive_used_by(file)
    assert "-XX:AOTCache=classes" in java.Java(Path("java"), 25).archive_used_by(file)
