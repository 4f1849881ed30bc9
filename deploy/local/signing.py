"""The keys by which the services of one installation know each other: a seed of its own for each, made once;
the public keys told to all.
"""

from deploy.local.secrets import SecretFolder, ed25519_seed
from shared.messaging.signing import public_key_of
from shared.service_names import SERVICES


def signing_key(secrets: SecretFolder, service: str) -> str:
    """The seed of a service, in the form of JEJAK_SIGNING_KEY."""
    return secrets.get(f"signing-{service}", ed25519_seed)


def producer_keys(secrets: SecretFolder) -> str:
    """The public keys of all services, in the form of JEJAK_PRODUCER_KEYS."""
    return ",".join(f"{service}={public_key_of(signing_key(secrets, service)).hex()}" for service in SERVICES)
