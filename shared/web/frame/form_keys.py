"""The hidden fields of every form: its token, a fresh command id, whose page it was and for which region."""

import secrets
from collections.abc import Mapping

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
        visitor = visitor_of(request)
        self.region = region_of_several(request)
        of_page = {csrf.FIELD: visitor.session.form_token if visitor else ""}
        if visitor is not None:
            of_page |= {csrf.BY: visitor.viewer.person, sent_form.PAGE: sent_form.page_of(request)}
        if self.region:
            of_page[REGION] = self.region
        self._of_page = _hidden(of_page)

    def __call__(self, version: int | None = None, command: str = "") -> Markup:
        of_form = {sent_form.COMMAND: command or secrets.token_hex(16)}
        if version is not None:
            of_form["_version"] = str(version)
        return self._of_page + _hidden(of_form)


def _hidden(fields: Mapping[str, str]) -> Markup:
    one = Markup('<input type="hidden" name="{}" value="{}">')
    return Markup("").join(one.format(name, value) for name, value in fields.items())
