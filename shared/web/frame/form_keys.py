"""The hidden fields of every form: its token, a fresh command id, whose page it was and for which region."""

import secrets

from fastapi import Request
from markupsafe import Markup

from shared.web.forms import csrf, sent_form
from shared.web.regions import REGION, region_of_several
from shared.web.visitor import visitor_of


class FormKeys:
    """`{{ form_keys() }}` in a form: its token, a fresh command id (so that a
    double click counts once) and the version it shows.

    Whose page it was, and which, is for giving back what was typed when the form cannot be taken.
    """

    def __init__(self, request: Request) -> None:
        self._visitor, self._page = visitor_of(request), sent_form.page_of(request)
        self.region = region_of_several(request)

    def __call__(self, version: int | None = None, command: str = "") -> Markup:
        fields = {
            csrf.FIELD: self._visitor.session.form_token if self._visitor else "",
            sent_form.COMMAND: command or secrets.token_hex(16),
        }
        if self._visitor is not None:
            fields |= {csrf.BY: self._visitor.viewer.person, sent_form.PAGE: self._page}
        if self.region:
            fields[REGION] = self.region
        if version is not None:
            fields["_version"] = str(version)
        return Markup("").join(
            Markup('<input type="hidden" name="{}" value="{}">').format(name, value)
            for name, value in fields.items()
        )
