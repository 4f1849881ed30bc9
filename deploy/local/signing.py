"""The keys by which the services of one installation know each other: a seed of its own for each, made once;
the public keys told to all, and a secret for each pair of which one asks the other's event feed.
"""

import hashlib

from deploy.local.secrets import SecretFolder, ed25519_seed
from shared.messaging.signing import public_key_of
from shared.service_names import SERVICES


def signing_key(secrets: SecretFolder, service: str) -> str:
    """The seed of a service, in the form of JEJAK_SIGNING_KEY."""
    return secrets.get(f"signing-{service}", ed25519_seed)


def producer_keys(secrets: SecretFolder) -> str:
    """The public keys of all services, in the form of JEJAK_PRODUCER_KEYS."""
    return ",".join(f"{service}={public_key_of(signing_key(secrets, service)).hex()}" for service in SERVICES)


def feed_secrets(secrets: SecretFolder, service: str) -> str:
    """With which a service asks the others' feeds, in the form of JEJAK_FEED_SECRETS."""
    return ",".join(f"{name}={_pair(secrets, service, name)}" for name in SERVICES if name != service)


def feed_askers(secrets: SecretFolder, service: str) -> str:
    """By what a service knows those who ask its feed, in the form of JEJAK_FEED_ASKERS:
    it is only told the digests.
    """
    return ",".join(
        f"{name}={hashlib.sha256(_pair(secrets, name, service).encode()).hexdigest()}"
        for name in SERVICES
        if name != service
    )


def _pair(secrets: SecretFolder, asker: str, source: str) -> str:
    return secrets.get(f"feed-{asker}-{source}")
