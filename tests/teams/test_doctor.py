"""`readiness doctor` on Teams: against a login and keys of our own."""

from dataclasses import replace

from pydantic import SecretStr
from teams_kit import APP, TENANT, Fake, Rig

from bot.config import Local
from bot.teams import doctor
from bot.teams.cloud import PUBLIC

GIVEN = Local(
    microsoft_app_id=APP,
    microsoft_app_password=SecretStr("hunter2"),
    microsoft_app_tenant_id=TENANT,
)


async def states(login: str, metadata: str) -> dict[str, tuple[str, str]]:
    """What is found, by subject; each fault says what to do, and nothing secret is said."""
    found = await doctor.examine(GIVEN, replace(PUBLIC, login=login, metadata=metadata))
    assert all(bool(it.fix) == (it.state == "fault") for it in found)
    assert "hunter2" not in str(found)
    return {it.subject: (it.state, it.found) for it in found}


async def test_a_healthy_bot_has_no_fault(fake: Fake, rig: Rig) -> None:
    fake.otherwise = (200, {"access_token": "t", "expires_in": 3600})
    found = await states(fake.url, rig.metadata)
    assert {name: state for name, (state, _) in found.items()} == {
        "Teams credentials": "ok",
        "Teams keys": "ok",
    }


async def test_a_wrong_secret(fake: Fake, rig: Rig) -> None:
    fake.otherwise = (401, {"error": "invalid_client"})
    found = await states(fake.url, rig.metadata)
    assert found["Teams credentials"] == ("fault", "Microsoft answers invalid_client")
    assert found["Teams keys"][0] == "ok"


async def test_ids_that_are_none_are_named(fake: Fake, rig: Rig) -> None:
    fake.otherwise = (200, {"access_token": "t", "expires_in": 3600})
    cloud = replace(PUBLIC, login=fake.url, metadata=rig.metadata)
    given = GIVEN.model_copy(update={"microsoft_app_tenant_id": "contoso.example"})
    [ids, *others] = await doctor.examine(given, cloud)
    assert (ids.state, ids.found) == (
        "fault",
        "not an id as Microsoft makes them: MICROSOFT_APP_TENANT_ID",
    )
    assert [it.state for it in others] == ["ok", "ok"]


async def test_a_certificate_that_is_none(rig: Rig, tmp_path) -> None:
    (tmp_path / "bot.pem").write_text("nothing")
    given = GIVEN.model_copy(
        update={
            "microsoft_app_password": None,
            "microsoft_app_certificate": tmp_path / "bot.pem",
        }
    )
    [found, _] = await doctor.examine(given, replace(PUBLIC, metadata=rig.metadata))
    assert (found.state, found.found) == ("fault", "the certificate cannot be read")
    assert found.fix.startswith("MICROSOFT_APP_CERTIFICATE must be a PEM file")


async def test_a_machine_without_the_identity(fake: Fake, rig: Rig, monkeypatch) -> None:
    monkeypatch.setenv("IDENTITY_ENDPOINT", f"{fake.url}/msi/token")
    monkeypatch.setenv("IDENTITY_HEADER", "machine")
    fake.otherwise = (400, {"statusCode": 400, "message": "no such identity"})
    given = GIVEN.model_copy(
        update={
            "microsoft_app_password": None,
            "microsoft_app_type": "UserAssignedMSI",
            "microsoft_app_id": "22222222-2222-4222-8222-000000000001",
        }
    )
    [found, _] = await doctor.examine(given, replace(PUBLIC, metadata=rig.metadata))
    assert (found.state, found.found) == ("fault", "Azure gives this machine no token (no_token)")


async def test_without_a_network(fake: Fake, rig: Rig) -> None:
    await fake.stop()
    await rig.stop()
    found = await states(fake.url, rig.metadata)
    assert found["Teams credentials"][1].startswith(f"{fake.url} cannot be reached")
    assert found["Teams keys"] == ("fault", f"{rig.metadata} cannot be read")


async def test_a_playground_has_nothing_to_ask() -> None:
    [found] = await doctor.examine(Local(teams_anonymous=True))
    assert found.state == "skipped"
