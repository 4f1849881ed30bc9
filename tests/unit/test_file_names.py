"""Names of uploaded files: whatever a sender calls them, they are kept in one form, short,
and as a file system and a header can bear them.
"""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.contracts.fields import NAME, Text, plain
from shared.web.files.downloads import plain_name


@pytest.mark.parametrize("name", ["Laporan é.pdf", "Ñoño.pdf", "Việt Nam.pdf", "Ångström (1).pdf"])
def test_a_name_from_any_system_is_the_same_name(name: str) -> None:
    assert plain_name(unicodedata.normalize("NFD", name)) == plain_name(name) == name


@given(st.text(max_size=400))
def test_every_name_can_be_kept_and_has_no_path(name: str) -> None:
    kept = plain_name(name)
    assert kept == plain(kept, Text(NAME))
    assert 0 < len(kept) <= 120
    assert not set(kept) & set('/\\:*?"<>|\r\n\0')
    assert not kept.startswith((".", " "))
