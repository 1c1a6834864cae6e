"""The app package that an administrator uploads."""

import errno
import json
import os
import re
import struct
import zipfile
import zlib
from importlib.metadata import version
from pathlib import Path

import pytest
from teams_kit import APP

from bot.config import BadSettings
from bot.teams import icons
from bot.teams.package import manifest, write
from conversations.commands import COMMANDS

SITE = "https://example.org/readiness"


def pixels(data):
    """Size, and the pixels of a PNG as this project writes it."""
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    chunks, at = {}, 8
    while at < len(data):
        (length,) = struct.unpack(">I", data[at : at + 4])
        kind, body = data[at + 4 : at + 8], data[at + 8 : at + 8 + length]
        (checked,) = struct.unpack(">I", data[at + 8 + length : at + 12 + length])
        assert checked == zlib.crc32(kind + body)
        chunks[kind] = body
        at += 12 + length
    width, height, depth, colour, *rest = struct.unpack(">IIBBBBB", chunks[b"IHDR"])
    assert (depth, colour, rest) == (8, 6, [0, 0, 0])
    raw, row = zlib.decompress(chunks[b"IDAT"]), width * 4 + 1
    lines = [raw[y * row + 1 : (y + 1) * row] for y in range(height)]
    assert list(chunks)[-1] == b"IEND"
    return (width, height), [tuple(line[x * 4 : x * 4 + 4]) for line in lines for x in range(width)]


def test_the_colour_icon_is_192_pixels_without_a_hole():
    size, found = pixels(icons.colour())
    assert size == (192, 192)
    assert {alpha for *_, alpha in found} == {255}
    accent = tuple(bytes.fromhex(icons.ACCENT[1:]))
    assert found[0][:3] == accent
    assert found[96 * 192 + 45][:3] == (255, 255, 255)
    assert found[118 * 192 + 87][:3] == accent  # the mark


def test_the_outline_icon_is_32_pixels_of_white_or_nothing():
    size, found = pixels(icons.outline())
    assert size == (32, 32)
    assert {pixel[:3] for pixel in found} == {(255, 255, 255)}
    assert {alpha for *_, alpha in found} == {0, 255}
    assert 0.1 < sum(alpha == 255 for *_, alpha in found) / len(found) < 0.4


def test_the_package_is_flat_and_always_the_same(tmp_path):
    of = manifest(APP)
    for name in ("one.zip", "two.zip"):
        write(tmp_path / name, of)
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()
    with zipfile.ZipFile(tmp_path / "one.zip") as package:
        assert package.namelist() == ["manifest.json", "color.png", "outline.png"]
        assert package.testzip() is None
        assert json.loads(package.read("manifest.json")) == of
        assert package.read("color.png") == icons.colour()


def test_the_icons_are_those_named():
    assert manifest(APP)["icons"] == {"color": "color.png", "outline": "outline.png"}


def test_the_bot_is_in_teams_chats_and_with_persons():
    it = manifest(APP)
    [bot] = it["bots"]
    assert it["id"] == bot["botId"] == it["webApplicationInfo"]["id"] == APP
    assert bot["scopes"] == ["team", "personal", "groupChat"]
    assert [one["scopes"] for one in bot["commandLists"]] == [["team"], ["personal"], ["groupChat"]]


def test_the_commands_are_those_of_this_version():
    usable = [it.usage.split()[0] for it in COMMANDS]
    lists = manifest(APP)["bots"][0]["commandLists"]
    team, personal, group = ([it["title"] for it in one["commands"]] for one in lists)
    assert team == group == usable
    assert personal == ["home", *(it for it in usable if it != "weekly")]


def test_in_a_chat_nothing_is_said_of_channels():
    [_, *chats] = manifest(APP)["bots"][0]["commandLists"]
    starts = [one["commands"][1 if "personal" in one["scopes"] else 0] for one in chats]
    assert [it["description"] for it in starts] == [
        "start SERVICE: opens a review in this chat"
    ] * 2

    said = str([one["commands"] for one in chats])
    assert "channel" not in said
    personal, group = ({it["title"]: it["description"] for it in one["commands"]} for one in chats)
    assert personal["scorecard"].endswith("without SERVICE all services")
    assert group["scorecard"].endswith("without SERVICE this chat's services")
    assert "this chat's weekly scorecard" in group["weekly"]


def test_it_fits_where_teams_shows_it():
    """Limits of the manifest's reference that its schema does not know, or knows as wider."""
    it = manifest(APP)
    assert len(it["developer"]["name"]) <= 32
    assert len(it["name"]["short"]) <= 30
    assert len(it["description"]["short"]) <= 80
    for commands in it["bots"][0]["commandLists"]:
        assert len(commands["commands"]) <= 10
        assert all(len(one["title"]) <= 32 for one in commands["commands"])
        assert all(len(one["description"]) <= 128 for one in commands["commands"])
    assert re.fullmatch(r"\d+\.\d+\.\d+", it["version"])
    assert it["version"] == version("readiness-bot")


def test_it_reads_channels_and_chats_only_where_an_owner_consents():
    asked = manifest(APP)["authorization"]["permissions"]
    assert asked == {
        "resourceSpecific": [
            {"name": "ChannelMessage.Read.Group", "type": "Application"},
            {"name": "ChatMessage.Read.Chat", "type": "Application"},
        ]
    }


def test_the_addresses_beside_the_app_are_the_checklists_unless_given():
    def addresses(**given):
        return list(manifest(APP, **given)["developer"].values())[1:]

    assert addresses() == ["https://llmops.si/checklist"] * 3
    assert addresses(website=SITE) == [SITE] * 3
    privacy, terms = "https://example.org/p", "https://example.org/t"
    assert addresses(website=SITE, privacy=privacy, terms=terms) == [SITE, privacy, terms]


@pytest.mark.parametrize("app_id", ["", "not-a-guid", f"{APP}x", f" {APP}", APP.replace("-", "")])
def test_an_app_id_that_is_none_is_refused(app_id):
    with pytest.raises(BadSettings, match=r"^MICROSOFT_APP_ID must"):
        manifest(app_id)


BAD = [
    "",
    "readiness.example.org",
    "http://readiness.example.org",
    "http://127.0.0.1:3000",
    "https://",
    "https://a b.example",
    "https://x.example/?a=1",
    "https://user:pass@x.example",
    "https://x.example\\@127.0.0.1",
]


@pytest.mark.parametrize("name", ["website", "privacy", "terms"])
@pytest.mark.parametrize("url", BAD)
def test_an_address_that_teams_does_not_show_is_refused(name, url):
    with pytest.raises(BadSettings, match=f"^--{name} must"):
        manifest(APP, **{name: url})


def test_without_an_app_there_is_no_package():
    with pytest.raises(BadSettings, match=r"^MICROSOFT_APP_ID is missing"):
        manifest(None)


def test_a_package_that_cannot_be_written_is_said_so(tmp_path):
    with pytest.raises(BadSettings, match="cannot be written"):
        write(tmp_path / "nowhere" / "it.zip", manifest(APP))


def test_where_writing_fails_what_stood_there_stays(tmp_path, monkeypatch):
    def full(path, data):
        path.touch()
        raise OSError(errno.ENOSPC, "No space left on device")

    package = tmp_path / "it.zip"
    package.write_bytes(b"before")
    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(BadSettings, match="No space left"):
        write(package, manifest(APP))
    assert package.read_bytes() == b"before"
    assert [*tmp_path.iterdir()] == [package]


def test_what_is_no_file_is_written_to_and_not_replaced(tmp_path):
    pipe, link = tmp_path / "pipe", tmp_path / "link.zip"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    write(pipe, manifest(APP))
    assert os.read(reader, 2) == b"PK"
    os.close(reader)
    assert pipe.is_fifo()
    link.symlink_to(tmp_path / "real.zip")
    write(link, manifest(APP))
    assert link.is_symlink()
    assert zipfile.is_zipfile(tmp_path / "real.zip")
