"""The folder of an installation: what `jejak init` writes is read back as it was said, whatever was said;
a name that is not known, or said twice, is refused; what is there already stays.
"""

import os
import tomllib
from dataclasses import fields, replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deploy.commands.region import region
from deploy.installing import making, settings_file
from deploy.installing.making import Wanted, make, settings_text
from deploy.local.wanted import Existing
from deploy.messages import CannotStart
from shared.access.people import load

WANTED = Wanted(domain="jejak.contohkab.go.id", login="oidc", region="3402", tls="public", systemd=True)


def made(folder: Path, wanted: Wanted = WANTED) -> Path:
    list(make(folder, wanted))
    return folder


def test_what_is_written_is_read_back_and_told(tmp_path: Path) -> None:
    told: dict[str, str] = {}
    data = settings_file.enter(made(tmp_path), told)
    assert data == tmp_path / "data"
    assert told["JEJAK_DOMAIN"] == WANTED.domain
    assert (told["JEJAK_MODE"], told["JEJAK_TLS"], told["JEJAK_HTTPS_PORT"]) == (
        "production",
        "public",
        "443",
    )
    assert told["JEJAK_PEOPLE"] == str(tmp_path / "people.toml")
    assert {
        person.offices[0].role for person in load(Path(told["JEJAK_PEOPLE"]), "3402").persons.values()
    } == {
        "kabag",
        "operator",
    }


TEXTS = [field.name for field in fields(Wanted) if field.type is str]


@given(st.sampled_from(TEXTS), st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=80))
def test_no_answer_writes_another_setting_than_its_own(name: str, text: str) -> None:
    plain = tomllib.loads(settings_text(WANTED))
    said = tomllib.loads(settings_text(replace(WANTED, **{name: text})))
    changed = {key for key in said | plain if said.get(key) != plain.get(key)}
    if name == "login":
        changed -= {"JEJAK_OIDC"}  # named only where people come by a provider
    assert len(changed) <= 1, "a text between quotes stays there"
    assert all(said[key] == text for key in changed)


def test_local_accounts_alone_need_no_provider(tmp_path: Path) -> None:
    told: dict[str, str] = {}
    settings_file.enter(made(tmp_path, replace(WANTED, login="local")), told)
    assert told["JEJAK_LOGIN"] == "local"
    assert "JEJAK_OIDC" not in told
    assert not (tmp_path / "oidc.toml").exists()


def test_running_it_again_changes_nothing_that_exists(tmp_path: Path) -> None:
    made(tmp_path)
    (tmp_path / "settings.toml").write_text('JEJAK_DOMAIN = "ours.go.id"\n')
    (tmp_path / "people.toml").unlink()
    before = {file: file.read_bytes() for file in tmp_path.rglob("*") if file.is_file()}
    new = [one.place.name for one in make(tmp_path, replace(WANTED, domain="theirs.go.id")) if one.new]
    assert new == ["people.toml"]
    assert {file: file.read_bytes() for file in before} == before


def test_secrets_are_for_their_owner_alone(tmp_path: Path) -> None:
    data = made(tmp_path) / "data"
    for file in (tmp_path / "settings.toml", *(data / "secrets").iterdir()):
        assert file.stat().st_mode & 0o077 == 0, file
    assert (data / "secrets").stat().st_mode & 0o077 == 0
    text = "".join(file.read_text() for file in tmp_path.glob("*.*"))
    assert not [file for file in (data / "secrets").iterdir() if file.read_text() in text]


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ('JEJAK_DOMIAN = "a.go.id"', "told-wrongly"),
        ('PATH = "/bin"', "told-wrongly"),
        ('JEJAK_SIGNING_KEY = "AAAA"', "told-wrongly"),
        ("JEJAK_MODE = true", "told-wrongly"),
        ("JEJAK_DOMAIN = ['a']", "told-wrongly"),
        ("JEJAK_DOMAIN = ", "settings-unreadable"),
        ("\x00", "settings-unreadable"),
    ],
)
def test_what_cannot_be_is_refused_with_the_file_and_the_name(tmp_path: Path, written: str, key: str) -> None:
    (tmp_path / "settings.toml").write_text(written)
    told: dict[str, str] = {}
    with pytest.raises(CannotStart) as refused:
        settings_file.enter(tmp_path, told)
    assert refused.value.key == key
    assert str(tmp_path / "settings.toml") in str(refused.value)
    assert told == {}


def test_a_file_that_is_no_text_is_said(tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(CannotStart, match=r"settings\.toml"):
        settings_file.enter(tmp_path, {})


def test_a_setting_in_two_places_that_differ_is_refused(tmp_path: Path) -> None:
    made(tmp_path)
    with pytest.raises(CannotStart, match="JEJAK_DOMAIN"):
        settings_file.enter(tmp_path, {"JEJAK_DOMAIN": "theirs.go.id"})
    assert settings_file.enter(tmp_path, {"JEJAK_DOMAIN": WANTED.domain}) == tmp_path / "data"


def test_paths_and_files_with_secrets_lie_in_the_folder(tmp_path: Path) -> None:
    (tmp_path / "s3").write_text("http://a:b@127.0.0.1:1")
    (tmp_path / "settings.toml").write_text(
        'JEJAK_S3_FILE = "s3"\nJEJAK_DATA = "/srv/jejak"\nJEJAK_TLS_KEY = "tls/key.pem"\n'
    )
    told: dict[str, str] = {}
    assert settings_file.enter(tmp_path, told) == Path("/srv/jejak")
    assert told["JEJAK_TLS_KEY"] == str(tmp_path / "tls/key.pem")
    assert Existing.from_environment(told).s3 == "http://a:b@127.0.0.1:1"


def test_a_folder_of_data_alone_is_taken_as_it_is(tmp_path: Path) -> None:
    told: dict[str, str] = {}
    assert settings_file.enter(tmp_path, told) == tmp_path
    assert told == {}


def test_every_setting_that_the_begun_file_names_is_known() -> None:
    text = (Path(making.__file__).parent / "begun" / "settings.toml").read_text(encoding="utf-8")
    named = {line.strip("#{} ").partition(" = ")[0] for line in text.splitlines() if "JEJAK_" in line[:9]}
    assert named - {""} <= settings_file.known()
    assert len(named) > 10


def test_a_name_cut_off_while_it_is_written_leaves_no_half_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        made(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_further_region_begins_beside_the_first_with_codes_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What `jejak region` writes is what intake's seed and documents' letters read."""
    monkeypatch.setattr(os, "environ", dict[str, str]())
    settings_file.enter(made(tmp_path), os.environ)
    assert region(tmp_path, "3401") == 0
    letters = Path(os.environ["JEJAK_LETTERS"])
    first = load(tmp_path / "people.toml", "3402")
    further = load(letters / "3401" / "people.toml", "3401")
    assert {person.offices[0].role for person in further.persons.values()} == {"kabag", "operator"}
    assert not first.persons.keys() & further.persons.keys(), "codes are the whole installation's"
    assert (letters / "3401" / "letters.toml").is_file()
    before = (letters / "3401" / "people.toml").read_text()
    (letters / "3401" / "people.toml").write_text(before + "# mine\n")
    assert region(tmp_path, "3401") == 0
    assert (letters / "3401" / "people.toml").read_text() == before + "# mine\n"


@pytest.mark.parametrize("code", ["", "34", "34021", "../3401", "３４０１", "abcd", "3402"])
def test_what_is_no_further_region_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: str
) -> None:
    monkeypatch.setattr(os, "environ", dict[str, str]())
    settings_file.enter(made(tmp_path), os.environ)
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(CannotStart):
        region(tmp_path, code)
    assert sorted(tmp_path.rglob("*")) == before


def test_a_folder_without_letters_takes_no_further_region(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "environ", dict[str, str]())
    with pytest.raises(CannotStart):
        region(tmp_path, "3401")
