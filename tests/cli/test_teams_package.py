"""`readiness teams-package`: the file that an administrator uploads."""

import json
import zipfile

from cli_kit import readiness

APP = "11111111-2222-4333-8444-555555555555"


def test_it_writes_a_package_for_the_bot_of_the_settings(tmp_path):
    done = readiness("teams-package", "-o", "readiness.zip", cwd=tmp_path, MICROSOFT_APP_ID=APP)
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith("Wrote readiness.zip: ")
    with zipfile.ZipFile(tmp_path / "readiness.zip") as package:
        assert package.namelist() == ["manifest.json", "color.png", "outline.png"]
        manifest = json.loads(package.read("manifest.json"))
    assert manifest["bots"][0]["botId"] == APP


def test_the_page_beside_it_can_be_ones_own(tmp_path):
    site = "https://example.org/readiness"
    readiness(
        "teams-package", "-o", "it.zip", "--website", site, "--terms", f"{site}/terms",
        cwd=tmp_path, MICROSOFT_APP_ID=APP,
    )  # fmt: skip
    with zipfile.ZipFile(tmp_path / "it.zip") as package:
        developer = json.loads(package.read("manifest.json"))["developer"]
    assert developer["websiteUrl"] == developer["privacyUrl"] == site
    assert developer["termsOfUseUrl"] == f"{site}/terms"


def test_without_an_app_it_says_what_is_missing(tmp_path):
    done = readiness("teams-package", "-o", "it.zip", cwd=tmp_path)
    assert done.code == 2
    assert done.complaint.startswith("MICROSOFT_APP_ID is missing: set it")
    assert not (tmp_path / "it.zip").exists()


def test_a_place_that_is_none_is_one_line(tmp_path):
    done = readiness("teams-package", "-o", "no/it.zip", cwd=tmp_path, MICROSOFT_APP_ID=APP)
    assert done.code == 2
    assert "no/it.zip cannot be written" in done.complaint


def test_where_to_write_has_to_be_said(tmp_path):
    done = readiness("teams-package", cwd=tmp_path, MICROSOFT_APP_ID=APP)
    assert done.code == 2
    assert "--output" in done.complaint
