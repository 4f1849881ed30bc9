"""What is measured on: private real parts in a temporary folder, and databases of a service,
empty and with the rights of a real one.
"""

from dataclasses import dataclass
from urllib.parse import urlsplit

from deploy.local.instance import Instance
from deploy.local.postgres.databases import Database
from shared.migrations.migrate import migrate


@dataclass(frozen=True, slots=True)
class Ground:
    """The parts of an instance that runs no services yet."""

    instance: Instance

    def service_database(self, service: str) -> Database:
        """The database of a service, migrated."""
        found = self.instance.environment.databases[service]
        return self._migrated(service, found)

    def fresh_database(self, service: str, name: str) -> Database:
        """Another database with the schema of a service, for measuring without its topic."""
        made = self.instance.server.make_database(name, owner_secret="bench-owner", app_secret="bench-app")  # noqa: S106 - lives for minutes
        return self._migrated(service, made)

    def _migrated(self, service: str, database: Database) -> Database:
        migrate(service, database.owner, urlsplit(database.app).username or "")
        return database
