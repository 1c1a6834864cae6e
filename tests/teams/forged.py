"""Requests that are not Teams' own: odd tokens by name, and odd activities."""

import base64
import json
import time

from teams_kit import APP, activity

NOW = int(time.time())
EMULATOR = "https://sts.windows.net/d6d49420-f39b-4df7-a1dc-d59a935871db/"


def part(value) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


def unsigned(head, claims) -> str:
    return f"Bearer {part(head)}.{part(claims)}.eA"


HEAD = {"alg": "RS256", "kid": "k1", "typ": "JWT"}
HEADERS = {
    "no header": lambda _: None,
    "empty": lambda _: "",
    "one word": lambda _: "Bearer",
    "no token": lambda _: "Bearer ",
    "garbage": lambda _: "Bearer garbage",
    "three parts of garbage": lambda _: "Bearer a.b.c",
    "not ASCII": lambda _: "Bearer é.ü.ä",
    "huge": lambda _: "Bearer " + "a" * 100_000,
    "no object inside": lambda _: unsigned(HEAD, [1]),
    "nested too deep": lambda _: (
        "Bearer " + f"{part(HEAD)}.{base64.urlsafe_b64encode(b'[' * 3000).decode()}.eA"
    ),
    "a head nested too deep": lambda rig: (
        "Bearer " + f"{base64.urlsafe_b64encode(b'[' * 3000).decode()}.{part(rig.claims())}.eA"
    ),
    "kid is no text": lambda rig: unsigned(HEAD | {"kid": {"a": 1}}, rig.claims()),
    "basic": lambda rig: rig.header().replace("Bearer", "Basic"),
    "lower case": lambda rig: rig.header().replace("Bearer", "bearer"),
    "two tokens": lambda rig: f"{rig.header()} x",
    "two spaces": lambda rig: rig.header().replace(" ", "  "),
    "cut short": lambda rig: rig.header()[:-5],
    "another key": lambda rig: rig.header(signed_by="stranger"),
    "unknown key": lambda rig: rig.header(kid="nobody's"),
    "no key named": lambda rig: rig.header(kid=None),
    "not signed": lambda rig: rig.header(alg="none"),
    "HS256": lambda rig: rig.header(alg="HS256"),
    "RS512": lambda rig: rig.header(alg="RS512"),
    "expired": lambda rig: rig.header(exp=NOW - 3600),
    "no expiry": lambda rig: rig.header(exp=None),
    "expiry is no number": lambda rig: unsigned(HEAD, rig.claims(exp="soon")),
    "expiry is true": lambda rig: unsigned(HEAD, rig.claims(exp=True)),
    "not yet good": lambda rig: rig.header(nbf=NOW + 3600),
    "issued in the future": lambda rig: rig.header(iat=NOW + 3600),
    "another audience": lambda rig: rig.header(aud="11111111-1111-4111-8111-111111111111"),
    "no audience": lambda rig: rig.header(aud=None),
    "several audiences": lambda rig: rig.header(aud=[APP, "x"]),
    "another issuer": lambda rig: rig.header(iss="https://evil.example"),
    "no issuer": lambda rig: rig.header(iss=None),
    "the emulator": lambda rig: rig.header(iss=EMULATOR),
    "another bot": lambda rig: rig.header(ver="1.0", appid="11111111-1111-4111-8111-111111111111"),
    "another service": lambda rig: rig.header(serviceurl="https://smba.trafficmanager.net/amer/"),
    "no service": lambda rig: rig.header(serviceurl=None),
    "service without its last slash": lambda rig: rig.header(serviceurl=rig.service.rstrip("/")),
}


BODIES = {
    "nothing": None,
    "a text": "x",
    "a list": [],
    "another channel": activity(channelId="webchat"),
    "no channel": activity(channelId=None),
    "no service": activity(serviceUrl=None),
    "a service that is no text": activity(serviceUrl={"a": 1}),
    "a service elsewhere": activity(serviceUrl="https://evil.example/"),
    "a service over http": activity(serviceUrl="http://smba.trafficmanager.net/emea/"),
    "another tenant": activity(channelData={"tenant": {"id": "t2"}}),
    "another tenant's conversation": activity(conversation={"tenantId": "t2"}),
    "a tenant that is no text": activity(channelData={"tenant": {"id": ["x"]}}),
    "no tenant": activity(channelData=None, conversation=None),
    "no tenant, oddly": activity(channelData=["x"], conversation="x"),
}
