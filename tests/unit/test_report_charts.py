"""The pictures of the report say what its tables say, of every urusan and service, and no blank is a bar."""

from xml.etree import ElementTree as ET

import pytest

from services.documents.domain.report import Approved, Report, build
from services.documents.letters.report_tables import report_tables
from shared.contracts.values import Figure
from shared.spm.catalogue import current
from tests.support.report_figures import approvals

SVG = "{http://www.w3.org/2000/svg}"
ANSWERS = {
    "sos.anak": (Figure(answer="not_yet", reason="menunggu"), "belum ada angka"),
    "sos.lansia": (Figure(answer="nihil", reason="tidak ada"), "nihil"),
    "sos.disabilitas": (Figure(entitled=None, served=None), "kosong"),
}
BLANKS = Approved(
    submission="submission-b",
    agency_name="D",
    revision=1,
    digest="d",
    verified_by="r",
    figures={service: figure for service, (figure, _) in ANSWERS.items()},
)


def words(chart: dict[str, str]) -> list[str]:
    """What stands behind each bar, from above."""
    return [text.text or "" for text in ET.fromstring(chart["svg"]).findall(f"{SVG}text[@class='value']")]


def bars(chart: dict[str, str]) -> int:
    return len(ET.fromstring(chart["svg"]).findall(f"{SVG}rect"))


REPORTS = {
    "full": build(current(), approvals()),
    "empty": build(current(), []),
    "blanks": build(current(), [BLANKS]),
}


@pytest.mark.parametrize("report", REPORTS.values(), ids=REPORTS)
def test_each_picture_says_the_numbers_of_its_table(report: Report) -> None:
    tables = report_tables(report)
    fields = tables["fields_of_government"]
    assert words(tables["chart"]) == [*(field["index"] for field in fields), tables["index"]]
    for part, field in zip(report.parts, fields, strict=True):
        said = words(field["chart"])
        assert len(said) == len(part.lines)
        for line, row, word in zip(part.lines, field["services"], said, strict=True):
            assert line.service.name in field["chart"]["alt"]
            if line.index.recipients is not None:
                assert word == f"{row['share']} {row['mark']}".strip()
        assert bars(field["chart"]) == sum(line.index.recipients is not None for line in part.lines)


def test_why_there_is_no_number_is_said_in_its_place() -> None:
    report = REPORTS["blanks"]
    social = next(part for part in report.parts if any(line.service.id in ANSWERS for line in part.lines))
    tables = report_tables(report)
    field = next(one for one in tables["fields_of_government"] if one["name"] == social.urusan.name)
    expected = [ANSWERS.get(line.service.id, (None, "tanpa isian"))[1] for line in social.lines]
    assert words(field["chart"]) == expected
    assert bars(field["chart"]) == 0
