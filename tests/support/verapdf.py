"""veraPDF, the outside judge of PDF/A and PDF/UA:
one jar by its checksum, run by the Java that Kafka runs on.
"""

import json
import subprocess
from pathlib import Path

from deploy.local.broker.jars import Jar, _fetch_one
from deploy.local.broker.java import find
from deploy.local.places import cache_folder

JAR = Jar(
    "org.verapdf.apps:greenfield-apps:1.28.2",
    "687d4d8bcfec48c9f7e931cf78ed061f1eeccfba55d4cdc000ba9b4d8aa46ce6",
)


def verdicts(flavour: str, *files: Path) -> dict[str, bool]:
    """File name → whether it conforms to the flavour (`2a`, `ua1`)."""
    folder = cache_folder()
    folder.mkdir(parents=True, exist_ok=True)
    if not JAR.is_right(folder / JAR.file_name):
        _fetch_one(JAR, folder)
    command = [
        str(find().program),
        "-XX:+UseSerialGC",
        "-XX:TieredStopAtLevel=1",
        "-cp",
        str(folder / JAR.file_name),
    ]
    command += ["org.verapdf.apps.GreenfieldCliWrapper", "-f", flavour, "--format", "json", *map(str, files)]
    answer = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    jobs = json.loads(answer.stdout)["report"]["jobs"]
    return {
        Path(job["itemDetails"]["name"]).name: all(each["compliant"] for each in job["validationResult"])
        for job in jobs
    }
