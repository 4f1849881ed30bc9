"""What an upgrade might bring: a recipient in the file of kinds to whom no SOP sends yet."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from shared.sop import document_kinds

RECIPIENT_MORE = Path(__file__).parent / "recipient_more.toml"


@contextmanager
def one_recipient_more(folder: Path) -> Iterator[None]:
    """The longer file of kinds in place of the shipped one; it is written into `folder`."""
    shipped, longer = document_kinds.FILE, folder / "document_kinds.toml"
    both = (shipped.read_text(encoding="utf-8"), RECIPIENT_MORE.read_text(encoding="utf-8"))
    longer.write_text("\n".join(both), encoding="utf-8")
    document_kinds.FILE = longer
    document_kinds.document_kinds.cache_clear()
    try:
        yield
    finally:
        document_kinds.FILE = shipped
        document_kinds.document_kinds.cache_clear()
