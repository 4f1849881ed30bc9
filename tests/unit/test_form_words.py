"""No form that is given back shows the names that only programs know:
every field of every template of the four services has a word.
"""

import re
from pathlib import Path

import pytest

from services.documents.letters.catalogue import load
from services.documents.papers.forms import LETTER
from shared.service_names import SERVICES
from shared.sop.definition import sops
from shared.spm.catalogue import current
from shared.web.forms import sent_form
from shared.web.forms.form_words import CHOICES, value_words, word
from shared.web.forms.sent_form import SentForm
from shared.web.words.i18n import LANGUAGES, language
from tests.support.applications import service_of

ROOT = Path(__file__).parents[2]
TEMPLATES = [
    *(ROOT / "services").glob("**/templates/*.html"),
    *(ROOT / "shared/web/frame/templates").glob("*.html"),
]
FRAME = {"macros.html", "sign_in_pieces.html", "local_pieces.html", "past_pieces.html"}
"""Where fields have whatever name they are given, or are questions that no form sends."""
MACRO = re.compile(r"ui\.(?:text|area|select|date_field|number_field|file_field)\(([^,]+), (.*)")
TAG = re.compile(r"<(?:input|select|textarea)\b([^>]*(?:\{\{[^}]*\}\}[^>]*)*)>")
NAME, CONST = re.compile(r'\bname="([^"]+)"'), re.compile(r'^"([^"]*)"$')
SHEET = [
    f"{service.id}.{cell}"
    for service in current().services.values()
    for cell in ("answer", "served", "entitled", "budget", "realised", "reason", "origin")
]
QUALITY = [
    f"{service.id}.quality.{item.id}.{side}"
    for service in current().services.values()
    for item in service.quality
    for side in ("required", "fulfilled")
]
MADE: dict[tuple[str, str], list[str]] = {
    ("editor.html", "name"): [f"{LETTER}{field.id}" for kind in load().kind.values() for field in kind.field],
    ("submission_row.html", "{{ at }}"): SHEET + QUALITY,
    ("submission_row.html", "{{ asked.name }}"): [
        f"jelas:{name.rpartition('.')[0]}:R09:{name.rpartition('.')[2]}" for name in SHEET
    ],
    ("submission.html", "{{ name }}.answer"): [name for name in SHEET if name.endswith(".answer")],
    ("findings.html", "{{ name }}"): ["tingkat", "aturan", "opd", "urusan", "keadaan", "petugas"],
    ("trail.html", "{{ name }}"): ["pelaku", "opd", "naskah"],
    ("submission.html", "{{ field }}"): ["reason.0123abcd"],
    ("step.html", "{{ name }}"): [f"planned.{step.key}" for sop in sops().values() for step in sop.steps],
    ("verification.html", "{{ name }}"): [
        f"catatan:{name.rpartition('.')[0]}:{name.rpartition('.')[2]}" for name in SHEET
    ]
    + ["catatan:kes.balita:"],
    ("verification.html", "{{ at }}"): ["tanya:kes.balita", "jawab:kes.balita:served", "jawab:kes.balita:"],
    ("verification.html", "{{ about }}"): ["tentang:kes.balita"],
}
"""The names that a template makes, by how it makes them."""


def names_in(template: Path) -> list[str]:
    """The names of everything in which a person types or chooses something."""
    text, found = template.read_text(), []
    for expression, _label in MACRO.findall(text):
        made = expression.strip().replace('who ~ "', '"gubernur')
        found += [CONST.sub(r"\1", made)] if CONST.match(made) else MADE[template.name, made]
    for attributes in TAG.findall(text):
        name = NAME.search(attributes)
        if name and 'type="hidden"' not in attributes:
            found += MADE.get((template.name, name[1]), [name[1]])
    return found


def room_of(template: Path) -> str:
    return next((part for part in template.relative_to(ROOT).parts if part in SERVICES), "intake")


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_field_of_every_form_has_a_word_that_is_no_name(code: str) -> None:
    before, seen = language.set(code), 0
    try:
        for template in TEMPLATES:
            for name in names_in(template) if template.name not in FRAME else ():
                if name == "cari":
                    continue  # a question, not a form that is sent
                said = service_of(room_of(template)).words(name)
                assert said, f"{template.name}: say in form_words what {name} is called"
                assert not re.search(r"[a-z]_[a-z]|[a-z]\.[a-z]|:$", said), (
                    f"{template.name}: {name} is called {said}"
                )
                seen += 1
    finally:
        language.reset(before)
    assert seen > 200, "this test reads the templates"


def test_what_only_programs_send_along_has_no_word() -> None:
    """What has one is shown when a form is given back."""
    sent_along = {
        name[1].rpartition("-")[2]
        for template in TEMPLATES
        for attributes in TAG.findall(template.read_text())
        if 'type="hidden"' in attributes and (name := NAME.search(attributes)) and not name[1].endswith("}}")
    }
    assert {"digest", "sheet", "_page"} <= sent_along
    assert {name for name in sent_along if word(name) is not None} == set()


def test_the_word_of_a_field_is_the_label_that_its_form_has() -> None:
    """But for the few names to which two forms give two labels: there it is one that fits both."""
    several = {"occurred_on", "name", "source", "reference", "value"}
    for template in TEMPLATES:
        for expression, rest in MACRO.findall(template.read_text()) if template.name not in FRAME else ():
            name, label = expression.strip().rpartition('"-')[2].strip('"'), re.match(r'_\("([^"]+)"\)', rest)
            if label and name not in several | {"cari", "evidence"}:
                assert service_of(room_of(template)).words(name) == label[1], f"{template.name}: {name}"


def test_choices_are_shown_in_the_words_of_the_form() -> None:
    assert value_words("kes.balita.answer", "not_yet") == "belum ada data"
    assert value_words("services", "kes.balita") == current().services["kes.balita"].name
    assert value_words("gubernur-field", "received_on") == "Diterima tanggal"
    assert value_words("reason", "filled") == "filled", "what was typed stays as it was typed"
    assert all(value_words(part, value) != value for part, value in CHOICES if value != "nihil")


def test_what_is_shown_after_signing_in_are_the_words_of_the_service_that_took_the_form() -> None:
    sent = SentForm(
        action="/a",
        page="/a",
        fields=[("isi:about", "Tentang"), ("digest", "d" * 64), ("_command", "c")],
        words={"isi:about": "Tentang apa"},
    )
    packed = sent.packed()
    assert packed is not None
    found = sent_form.unpack(packed)
    assert found is not None
    assert found.typed == [("Tentang apa", "Tentang")]
