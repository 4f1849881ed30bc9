"""The points of a return on the sheet: each with its answer beside the figure, and none left before the next
hand-in.
"""

from datetime import date

from shared.contracts.talk import QuestionAnswered
from shared.contracts.values import FieldNote
from shared.contracts.verification import SubmissionReturned
from tests.integration.test_intake_sheet_pages import FORM, SERVICE, room
from tests.support.events import made
from tests.support.forms import first_form
from tests.support.intake_room import CYCLE, IntakeRoom, hand_in, to_step_7

__all__ = ["room"]


async def test_a_point_of_a_return_is_answered_beside_its_figure_before_handing_in(room: IntakeRoom) -> None:
    await to_step_7(room, "satpolpp")
    await hand_in(room, "satpolpp")
    case, whose = f"{CYCLE}-satpolpp-tahunan", {"cycle": CYCLE, "agency": "satpolpp", "period": "tahunan"}
    whose |= {"submission": f"submission-{case}"}
    about = {"service": SERVICE, "field": "entitled"}
    said = {"by": "tari", "occurred_on": date(2027, 1, 19)}
    points = (FieldNote(**about, note="Sumber?"),)
    returned = SubmissionReturned(**whose, revision=1, reason="Periksa.", fields=points, **said)
    await room.hear(returned, f"verification-{case}")
    at, path = f"jawab:{SERVICE}:entitled", f"/submissions/{case}"
    seen = {"digest": (await room.give("GET", path, "agus"))["next_digest"]}
    refused = await room.call("POST", f"{path}/hand-in", "agus", seen)
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, at)
    async with room.browsing("agus") as http:
        page = (await http.get(FORM)).text
        assert f'<textarea form="f-{at}" id="{at}" name="text"' in page
        assert f'<form id="f-{at}" class="no-print" method="post" action="/verifikasi/{case}/jawab">' in page
        assert f'href="#{at}"' in page
        answer = await http.post(f"{FORM}/serahkan", data=first_form(page).hidden)
        assert answer.status_code == 422
        assert "1 catatan Tim SPM belum dijawab dan angkanya belum berubah" in answer.text
        told = made(QuestionAnswered, **whose, **about, text="Register 2026.", by="agus")
        await room.hear(told, f"verification-{case}")
        page = (await http.get(FORM)).text
        assert f'id="{at}"' not in page
        assert (await http.post(f"{FORM}/serahkan", data=first_form(page).hidden)).status_code == 303
