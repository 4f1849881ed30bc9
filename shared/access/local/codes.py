"""Codes of an authenticator app (TOTP, RFC 6238): six digits, thirty seconds, one step of patience for
clocks.
"""

import hmac
import re
from datetime import datetime

import pyotp
import segno

STEP_S = 30
_CODE = re.compile(r"[0-9]{6}")


def new_key() -> str:
    """160 bits in base32, for the app and for the database."""
    return pyotp.random_base32()


def step_of(key: str, typed: str, moment: datetime) -> int | None:
    """The step whose code this is: the present one, the one before or after; None for every other text.
    All are compared, whichever it is.
    """
    code = re.sub(r"[\s-]", "", typed[:40])
    if not _CODE.fullmatch(code):
        return None
    now, codes = int(moment.timestamp()) // STEP_S, pyotp.TOTP(key)
    fitting = [
        step for step in (now, now - 1, now + 1) if hmac.compare_digest(codes.generate_otp(step), code)
    ]
    return fitting[0] if fitting else None


def address_of(key: str, person: str, issuer: str) -> str:
    """What an app reads out of the picture."""
    return pyotp.TOTP(key).provisioning_uri(name=person, issuer_name=issuer)


def picture_of(address: str) -> str:
    """The same as a QR code, for an img."""
    return segno.make(address, error="m").svg_data_uri(scale=5, border=3, dark="#000", light="#fff")
