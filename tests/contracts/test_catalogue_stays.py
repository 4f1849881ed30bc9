"""What cycles go by stays: a version of the catalogue is never edited once it came with Jejak;
comments, and where its files lie, may be.
"""

import hashlib
import json
import tomllib

from shared.spm.catalogue import HERE

KEPT = {"layanan.toml": "1c6756206cdf8882122fafd1c3753b084db25a8528ee46d016d284334ec730e8"}
"""File → the digest of what it says."""


def test_a_version_of_the_catalogue_says_what_it_always_said() -> None:
    """When this fails: leave the file as it was; what changes is a new file `layanan_<n>.toml`,
    and a line for it here.
    """
    files = sorted(HERE.glob("layanan*.toml"))
    said = {
        file.name: json.dumps(tomllib.loads(file.read_text(encoding="utf-8")), ensure_ascii=False)
        for file in files
    }
    assert {name: hashlib.sha256(text.encode()).hexdigest() for name, text in said.items()} == KEPT
