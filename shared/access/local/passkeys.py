"""Passkeys (WebAuthn level 2) as a second factor: the device must have asked who holds it (user
verification), for this very site, by a challenge that counts once.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from shared.access.local.vault import Factor

LONGEST = 20_000
"""Characters of what a browser may send; a registration has some two thousand."""


class NotThePasskey(Exception):
    """What the browser sent is no answer to our question by a passkey that we know."""


@dataclass(frozen=True, slots=True)
class Site:
    """For whom a passkey is: the address that people type. `name` is its host."""

    origin: str

    @property
    def name(self) -> str:
        return urlsplit(self.origin).hostname or ""

    @property
    def can(self) -> bool:
        """Browsers make passkeys for names, never for the bare number of a machine."""
        return not (self.name.replace(".", "").isdigit() or ":" in self.name)


def ask_for_new(site: Site, person: str, name: str, known: Sequence[Factor]) -> str:
    """The browser's task, as JSON: a new passkey for this person, on none of the devices that have one."""
    return options_to_json(
        generate_registration_options(
            rp_id=site.name,
            rp_name="Jejak",
            user_id=person.encode(),
            user_name=person,
            user_display_name=name,
            exclude_credentials=_descriptors(known),
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.DISCOURAGED,
                user_verification=UserVerificationRequirement.REQUIRED,
            ),
        )
    )


def ask_for_known(site: Site, known: Sequence[Factor]) -> str:
    """The browser's task, as JSON: sign with one of these."""
    return options_to_json(
        generate_authentication_options(
            rp_id=site.name,
            allow_credentials=_descriptors(known),
            user_verification=UserVerificationRequirement.REQUIRED,
        )
    )


def challenge_in(task: str) -> str:
    """The challenge of a task; it comes back in the answer."""
    return str(json.loads(task)["challenge"])


def challenge_of(answer: str) -> str:
    """The challenge that an answer says it answers. Raises NotThePasskey for what is none."""
    said = _read(answer)
    try:
        return str(json.loads(base64url_to_bytes(said["response"]["clientDataJSON"]))["challenge"])
    except (KeyError, TypeError, ValueError) as error:
        raise NotThePasskey from error


def registered(site: Site, factor: str, challenge: str, answer: str) -> Factor:
    """The new passkey. Raises NotThePasskey."""
    try:
        found = verify_registration_response(
            credential=_read(answer),
            expected_challenge=base64url_to_bytes(challenge),
            expected_rp_id=site.name,
            expected_origin=site.origin,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, TypeError, KeyError) as error:
        raise NotThePasskey from error
    return Factor(
        factor=factor,
        credential=found.credential_id,
        public_key=found.credential_public_key,
        sign_count=found.sign_count,
    )


def signed_by(site: Site, known: Sequence[Factor], challenge: str, answer: str) -> tuple[Factor, int]:
    """Which of the passkeys has signed, and its counter. Raises NotThePasskey."""
    said = _read(answer)
    factor = next((one for one in known if bytes_to_base64url(one.credential) == said.get("id")), None)
    if factor is None or not factor.credential:
        raise NotThePasskey
    try:
        found = verify_authentication_response(
            credential=said,
            expected_challenge=base64url_to_bytes(challenge),
            expected_rp_id=site.name,
            expected_origin=site.origin,
            credential_public_key=factor.public_key,
            credential_current_sign_count=factor.sign_count,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, TypeError, KeyError) as error:
        raise NotThePasskey from error
    return factor, found.new_sign_count


def _read(answer: str) -> dict[str, Any]:
    if len(answer) > LONGEST:
        raise NotThePasskey
    try:
        said = json.loads(answer)
    except (ValueError, RecursionError) as error:
        raise NotThePasskey from error
    if not isinstance(said, dict):
        raise NotThePasskey
    return said


def _descriptors(known: Sequence[Factor]) -> list[PublicKeyCredentialDescriptor]:
    return [PublicKeyCredentialDescriptor(id=one.credential) for one in known if one.credential]
