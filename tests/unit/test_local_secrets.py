"""Secrets: made once, readable by their owner alone."""

import base64
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from deploy.local.secrets import SecretFolder, ed25519_seed


def mode(file: Path) -> int:
    return stat.S_IMODE(file.stat().st_mode)


def test_a_secret_is_made_once_and_never_replaced(tmp_path: Path) -> None:
    first = SecretFolder(tmp_path / "secrets").get("session")
    assert len(first) >= 32
    assert SecretFolder(tmp_path / "secrets").get("session") == first


def test_two_secrets_and_two_installations_differ(tmp_path: Path) -> None:
    one, other = SecretFolder(tmp_path / "one"), SecretFolder(tmp_path / "other")
    assert len({one.get("session"), one.get("feed"), other.get("session")}) == 3


def test_only_the_owner_may_read_them(tmp_path: Path) -> None:
    folder = SecretFolder(tmp_path / "secrets")
    assert mode(folder.path("session")) == 0o600
    assert mode(folder.folder) == 0o700


def test_the_checkpoint_key_is_a_seed_of_32_bytes(tmp_path: Path) -> None:
    assert (
        len(base64.b64decode(SecretFolder(tmp_path).get("checkpoint-key", ed25519_seed), validate=True)) == 32
    )


def test_two_that_want_a_new_secret_at_once_get_the_same(tmp_path: Path) -> None:
    folder = SecretFolder(tmp_path)
    with ThreadPoolExecutor(8) as side_by_side:
        assert len(set(side_by_side.map(lambda _: folder.get("feed"), range(64)))) == 1
    assert [file.name for file in tmp_path.iterdir()] == ["feed"]
