"""The templates of a room and of the frame around it, with the filters and words that every page uses.

Every SOP step. Previous hop: `web/app.py`, once for each service. Next hop: `rendering.py`, for each page.
"""

from collections.abc import Sequence
from importlib import metadata
from pathlib import Path

from jinja2 import ChoiceLoader, Environment, FileSystemLoader, StrictUndefined

from shared.access.people import ROLES
from shared.web.files.file_kinds import LARGEST
from shared.web.forms.typed_days import read_back
from shared.web.frame.static_files import static
from shared.web.words import formats, i18n
from shared.web.words.calendar_words import calendar_version, calendar_words
from shared.web.words.lateness import late_words
from shared.web.words.service_words import SERVICE_WORDS, service_word, stream_word

WRITTEN = ("day", "time", "moment", "number", "percent", "index", "rupiah", "duration", "size")
"""How values are written, by the names under which templates ask for it."""
HERE = Path(__file__).parent


def _version() -> str:
    try:
        return metadata.version("jejak")
    except metadata.PackageNotFoundError:
        return "0.1.0"


VERSION = _version()


def folders_of(room: Path) -> Sequence[Path]:
    """Every folder of templates of a service: its own and those of its sub-rooms.
    A template's name is unique among them.
    """
    return sorted(folder for folder in room.rglob("templates") if folder.is_dir())


def environment(*folders: Path) -> Environment:
    """The templates of a room (`folders`) before those of the frame.
    An unknown name in a template is an error, not an empty place.
    """
    loader = ChoiceLoader([FileSystemLoader(folder) for folder in (*folders, HERE / "templates")])
    made = Environment(
        loader=loader,
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
        auto_reload=False,
    )
    made.install_gettext_callables(i18n.gettext, i18n.ngettext, newstyle=False)  # type: ignore[attr-defined]
    made.globals["_"] = i18n.gettext  # the extension's own copies the whole context at each sentence
    made.filters.update(
        {name: getattr(formats, name) for name in WRITTEN},
        calendar_version=calendar_version,
        calendar_words=calendar_words,
        late=late_words,
        read_back=read_back,
        service_word=service_word,
        stream_word=stream_word,
    )
    made.globals.update(
        FILE_LIMIT=LARGEST, ROLES=ROLES, SERVICES=tuple(SERVICE_WORDS), VERSION=VERSION, static=static
    )
    made.globals["ui"] = made.get_template("macros.html").module
    return made
