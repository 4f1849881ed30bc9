"""What a clipboard does to the sheet, in a real Chromium:
a table of clipboards, and one paste with its undo in the page.
"""

import pytest
from playwright.async_api import Page, expect

from tests.support.intake_room import CYCLE, IntakeRoom

TWELVE = "".join(f"{n}00\t{n}0\n" for n in range(1, 13))

# name: (text, rows below, columns to the right, what the plan says: lines of texts by row, then what is left
# out)
CLIPBOARDS = {
    "a block": ("4.122\t4.075\n4.122\t4.114\n", 12, 4, [["4.122", "4.075"], ["4.122", "4.114"]], {}),
    "ends without a line break": ("1\t2\r\n3\t4", 12, 4, [["1", "2"], ["3", "4"]], {}),
    "a published row with its percentage": ("6.543\t6.543\t100", 12, 4, [["6.543", "6.543"]],
        {"share": ["100"]}),
    "percentages in the middle": ("13.583\t12.943\t95,29\t2.563.000\n3.992\t3.900\t97,70\t2.436.000", 12, 4,
        [["13.583", "12.943", "2.563.000"], ["3.992", "3.900", "2.436.000"]], {"share": ["95,29, 97,70"]}),
    "a sign of per cent": ("12\t98,86 %", 12, 4, [["12"]], {"share": ["98,86 %"]}),
    "served before entitled": ("4.075\t4.122\t98,86", 12, 4, [["4.075", "4.122"]], {"share": ["98,86"]}),
    "small money is no percentage": ("200\t100\t7", 12, 4, [["200", "100", "7"]], {}),
    "a header row": ("Sasaran\tCapaian\n4.122\t4.075", 12, 4, [["4.122", "4.075"]], {"headers": 1}),
    "numbers and names in front": ("No\tLayanan\tSasaran\n1\tIbu hamil\t4.122\n2\tIbu bersalin\t4.100", 12, 4,
        [["4.122"], ["4.100"]], {"headers": 1, "names": 2, "labels": ["Ibu hamil", "Ibu bersalin"]}),
    "a row that numbers the columns": ("Berhak\tTerlayani\n3\t4\n4.122\t4.075", 12, 4, [["4.122", "4.075"]],
        {"headers": 2}),
    "numbers of columns in brackets": ("(1)\t(2)\n4.122\t4.075", 12, 4, [["4.122", "4.075"]], {"headers": 1}),
    "numbers of columns with their sum": ("1\t2\t3=2/1\n4.122\t4.075\t98,86", 12, 4, [["4.122", "4.075"]],
        {"headers": 1, "share": ["98,86"]}),
    "two small rows are figures": ("1\t2\n3\t4", 12, 4, [["1", "2"], ["3", "4"]], {}),
    "a row of figures that could number columns": ("1\t2\t3", 12, 4, [["1", "2", "3"]], {}),
    "a row of sums": ("Ibu hamil\t4.122\nIbu bersalin\t4.100\nJUMLAH\t8.222", 12, 4,
        [["4.122"], ["4.100"]], {"names": 1, "labels": ["Ibu hamil", "Ibu bersalin"], "totals": ["JUMLAH"]}),
    "words only": ("Berhak\tTerlayani", 12, 4, [[]], {"names": 2, "labels": ["Berhak Terlayani"]}),
    "carriage returns alone": ("1\t2\r3\t4\r", 12, 4, [["1", "2"], ["3", "4"]], {}),
    "quotes that never end": ('"5\t6\n"7\t8', 12, 4, [['"5', "6"], ['"7', "8"]], {}),
    "a blank out of a merged cell": ("4.122\t\t10\n\t4.114\t20", 12, 4,
        [["4.122", None, "10"], [None, "4.114", "20"]], {"blanks": 2}),
    "a line break inside a quoted cell": ('"4.122\n(laki-laki)"\t5\n6\t7', 12, 4,
        [["4.122 (laki-laki)", "5"], ["6", "7"]], {}),
    "two numbers in a quoted cell stay two": ('"4075\n4122"\t5', 12, 4, [["4075 4122", "5"]], {}),
    "quotes doubled": ('"a ""b"" 5"\t5', 12, 4, [['a "b" 5', "5"]], {}),
    "rupiah and units stay as they are": ("Rp1.000\t5 orang", 12, 4, [["Rp1.000", "5 orang"]], {}),
    "spaces of every kind around": ("\u00a04.122\u2009\t\u202f5\u00a0", 12, 4, [["4.122", "5"]], {}),
    "fourteen rows into twelve": (TWELVE + "13\t14\n15\t16\n", 12, 4,
        [[f"{n}00", f"{n}0"] for n in range(1, 13)], {"rowsOver": ["13 14", "15 16"]}),
    "five columns into two": ("1\t2\t30\t4\t50", 12, 2, [["1", "2"]], {"columnsOver": ["30", "4", "50"]}),
    "one column": ("5\n6\n", 1, 1, [["5"]], {"rowsOver": ["6"]}),
    "empty lines at the end": ("5\t6\n\t\n\n", 12, 4, [["5", "6"]], {}),
}  # fmt: skip


@pytest.fixture
def agency() -> str:
    return "dinkes"


async def paste(page: Page, at: str, text: str) -> None:
    await page.evaluate(
        """([at, text]) => {
          const data = new DataTransfer();
          data.setData("text", text);
          document.getElementById(at).dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
        }""",  # noqa: E501
        [at, text],
    )


async def test_every_clipboard_says_what_goes_where_and_drops_nothing_silently(page: Page) -> None:
    wrong = {}
    for name, (text, rows, columns, lines, left_out) in CLIPBOARDS.items():
        plan = await page.evaluate(
            "([text, shape]) => window.jejak.paste.plan(text, shape)",
            [text, {"rows": rows, "columns": columns}],
        )
        cells = [
            {"down": down, "right": right, "text": said}
            for down, line in enumerate(lines)
            for right, said in enumerate(line)
            if said is not None
        ]
        expected = {
            "cells": cells,
            "read": len(lines),
            "headers": 0,
            "names": 0,
            "labels": [],
            "totals": [],
            "blanks": 0,
            "share": [],
            "rowsOver": [],
            "columnsOver": [],
        }
        if plan != expected | left_out:
            wrong[name] = plan
    assert wrong == {}


async def test_a_paste_is_told_and_undone_in_one_step(room: IntakeRoom, page: Page) -> None:
    await page.locator('[id="kes.ibu_hamil.entitled"]').fill("9")
    await page.keyboard.press("Tab")
    await expect(page.locator("#simpan")).to_contain_text("✓ tersimpan")
    await paste(page, "kes.ibu_hamil.entitled", "4.122\t4.075\t98,86 %\n\t12\n4075 4122\t5\n")
    told = page.locator("#tempel")
    await expect(told).to_contain_text(
        "3 baris terbaca; kolom persen dilewati (Capaian dihitung sendiri): 98,86 %; "
        "1 sel kosong tidak menghapus apa pun."
    )
    await expect(page.locator("#salah")).to_contain_text("1 sel ditolak")
    await expect(page.locator('[id="salah-kes.bayi_baru_lahir.entitled"]')).to_contain_text(
        "Berhak: ada dua bilangan dalam satu sel"
    )
    figures = (await room.give("GET", f"/submissions/{CYCLE}-dinkes-tahunan", "sri"))["figures"]
    assert [
        figures[f"kes.{name}"]["figure"]["served"]
        for name in ("ibu_hamil", "ibu_bersalin", "bayi_baru_lahir")
    ] == [4075, 12, 5]
    await told.get_by_role("button", name="Urungkan tempel").click()
    await expect(told).to_contain_text("Tempelan diurungkan")
    await expect(page.locator("#simpan")).to_contain_text("✓ tersimpan")
    figures = (await room.give("GET", f"/submissions/{CYCLE}-dinkes-tahunan", "sri"))["figures"]
    assert {name: row["figure"]["entitled"] for name, row in figures.items()} == {"kes.ibu_hamil": 9}
    assert figures["kes.ibu_hamil"]["figure"]["served"] is None


async def test_a_paste_of_a_megabyte_is_told_and_its_undo_leaves_alone_what_was_typed_since(
    room: IntakeRoom, page: Page
) -> None:
    await paste(page, "kes.ibu_hamil.entitled", "7\n" * 500_000)
    told = page.locator("#tempel")
    await expect(told).to_contain_text("12 baris terbaca; 499988 baris tidak muat")
    await expect(page.locator("#simpan")).to_contain_text("✓ tersimpan")
    await page.locator('[id="kes.ibu_bersalin.entitled"]').fill("5")
    await room.give("PUT", f"/submissions/{CYCLE}-dinkes-tahunan/figures/kes.balita", "adi", {"entitled": 9})
    await page.keyboard.press("Tab")
    await expect(page.locator('[id="pesan-kes.balita"]')).to_contain_text("Diubah oleh Adi Nugroho")
    await told.get_by_role("button", name="Urungkan tempel").click()
    await expect(page.locator('[id="kes.ibu_hamil.entitled"]')).to_have_value("")
    await expect(page.locator("#simpan")).to_contain_text("✓ tersimpan")
    figures = (await room.give("GET", f"/submissions/{CYCLE}-dinkes-tahunan", "sri"))["figures"]
    assert {name: row["figure"]["entitled"] for name, row in figures.items()} == {
        "kes.ibu_bersalin": 5,
        "kes.balita": 9,
    }


async def test_a_table_in_another_order_is_named_where_its_names_say_so(page: Page) -> None:
    await paste(
        page,
        "kes.ibu_hamil.entitled",
        "Ibu bersalin\t4100\nIbu hamil\t4122\nPelayanan kesehatan bayi baru lahir\t3992\nJumlah\t12214\n",
    )
    await expect(page.locator("#tempel")).to_contain_text(
        "3 baris terbaca; kolom nama dilewati; 1 baris jumlah dilewati: Jumlah; "
        "▲ periksa 2 baris yang namanya lebih mirip baris lain:"
        " Ibu bersalin | Ibu hamil."
    )
