"""Our token goes to Teams and nowhere else, however an address is written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from yarl import URL

from bot.teams.cloud import HOSTS, Addresses, Loopback

GOOD = [
    "https://smba.trafficmanager.net/emea/",
    "https://smba.trafficmanager.net/emea",
    "https://smba.trafficmanager.net",
    "https://smba.trafficmanager.net/",
    "https://smba.trafficmanager.net:443/teams/",
    "https://smba.trafficmanager.net/emea/7a1b0000-0000-4000-8000-00000000c0de/",
    "https://smba.infra.gcc.teams.microsoft.com/gcc/",
    "https://smba.infra.gov.teams.microsoft.us/gov/",
    "https://smba.infra.dod.teams.microsoft.us/dod/",
]
BAD = [
    "",
    "smba.trafficmanager.net/emea/",
    "//smba.trafficmanager.net/emea/",
    "http://smba.trafficmanager.net/emea/",
    "HTTPS://smba.trafficmanager.net/emea/",
    "ftp://smba.trafficmanager.net/emea/",
    "https:smba.trafficmanager.net/emea/",
    "https:/smba.trafficmanager.net/emea/",
    "https:///smba.trafficmanager.net/emea/",
    "https://smba.trafficmanager.net:80/emea/",
    "https://smba.trafficmanager.net:8443/emea/",
    "https://smba.trafficmanager.net:/emea/",
    "https://smba.trafficmanager.net:443:443/emea/",
    "https://evil.example/smba.trafficmanager.net/",
    "https://smba.trafficmanager.net.evil.example/emea/",
    "https://smba.trafficmanager.net./emea/",
    "https://.smba.trafficmanager.net/emea/",
    "https://evilsmba.trafficmanager.net/emea/",
    "https://a.smba.trafficmanager.net/emea/",
    "https://trafficmanager.net/emea/",
    "https://slack.botframework.com/",
    # two readings: one program calls the first host, another the second
    "https://evil.example\\@smba.trafficmanager.net/emea/",
    "https://smba.trafficmanager.net\\@evil.example/emea/",
    "https://smba.trafficmanager.net\\.evil.example/",
    "https://smba.trafficmanager.net@evil.example/",
    "https://evil.example@smba.trafficmanager.net/",
    "https://user:word@smba.trafficmanager.net/",
    "https://evil.example#@smba.trafficmanager.net/",
    "https://smba.trafficmanager.net#@evil.example/",
    "https://smba.trafficmanager.net/emea/#x",
    "https://smba.trafficmanager.net?@evil.example/",
    "https://smba.trafficmanager.net/emea/?x=1",
    "https://smba.trafficmanager.net;@evil.example/",
    "https://smba.trafficmanager.net/emea/;x",
    "https://smba.trafficmanager.net/a%2f..%2fb/",
    "https://smba.trafficmanager.net%2eevil.example/",
    "https://smba.trafficmanager.net/../admin/",
    "https://smba.trafficmanager.net/emea/..",
    "https://smba.trafficmanager.net/./emea/",
    "https://smba.trafficmanager.net//evil.example/",
    # letters that look alike, and what becomes of them
    "https://smbа.trafficmanager.net/emea/",
    "https://ｓｍｂａ.trafficmanager.net/emea/",
    "https://smba。trafficmanager.net/emea/",
    "https://smba.trafficmanager.nеt/emea/",
    "https://smba.trafficmanager.net\u200b/emea/",
    "https://xn--smb-5cd.trafficmanager.net/emea/",
    "https://SMBA.trafficmanager.net/emea/",
    "https://smba.trafficmanager.net/é/",
    # white space and control characters
    " https://smba.trafficmanager.net/emea/",
    "https://smba.trafficmanager.net/emea/ ",
    "https://smba.trafficmanager.net/emea/\n",
    "https://smba.trafficmanager.net\n.evil.example/",
    "https://smba.trafficmanager.net/\tx/",
    "https://smba.trafficmanager.net/\x00",
    "https://[::1]/emea/",
    "https://127.0.0.1/",
    "http://127.0.0.1:3978/",
    "https://smba.trafficmanager.net/" + "a" * 500,
]


@pytest.mark.parametrize("url", GOOD)
def test_teams_is_called(url):
    assert Addresses().allow(url)


@pytest.mark.parametrize("url", BAD)
def test_nobody_else_is(url):
    assert not Addresses().allow(url)


@pytest.mark.parametrize("url", [None, 5, b"https://smba.trafficmanager.net/", [GOOD[0]], {}, True])
def test_what_is_no_text_is_no_address(url):
    assert not Addresses().allow(url)
    assert not Loopback().allow(url)


PIECES = [*GOOD, "https://", "evil.example", "@", "\\", "#", "?", ":", "443", "/", "..", ".", "%2f",
          "smba.trafficmanager.net", "xn--", "é", " ", "\n", "[", "]", ";"]  # fmt: skip


@given(st.lists(st.sampled_from(PIECES), max_size=6).map("".join))
def test_whatever_is_allowed_leads_the_http_client_to_a_host_of_teams(url):
    if Addresses().allow(url):
        called = URL(url.rstrip("/") + "/v3/conversations", encoded=True)
        assert called.scheme == "https"
        assert called.host in HOSTS
        assert called.port == 443
        assert called.user is called.password is None
        assert called.query_string == called.fragment == ""


MORE = ("https://proxy.example/teams/", "http://127.0.0.1:9000/")


@pytest.mark.parametrize(
    "url",
    [
        "https://proxy.example/teams/",
        "https://proxy.example/teams/emea/",
        "http://127.0.0.1:9000/amer/",
        GOOD[0],
    ],
)
def test_more_addresses_are_those_below_what_is_given(url):
    assert Addresses(MORE).allow(url)


@pytest.mark.parametrize(
    "url",
    [
        "https://proxy.example/",
        "https://proxy.example/teams",
        "https://proxy.example/teamsters/",
        "https://proxy.example/teams/../admin/",
        "https://proxy.example/teams/\\@evil.example/",
        "https://proxy.example/teams/?a",
        "http://proxy.example/teams/",
        "http://127.0.0.1:90001/",
        "http://127.0.0.1/",
    ],
)
def test_and_nothing_beside_it(url):
    assert not Addresses(MORE).allow(url)


@pytest.mark.parametrize(
    "base", ["", "proxy.example/", "https://proxy.example", "https://a@b.example/", "https://é.x/"]
)
def test_more_has_to_be_an_address_that_ends_in_a_slash(base):
    with pytest.raises(ValueError, match="ends in /"):
        Addresses((base,))


LOCAL = [
    "http://127.0.0.1/",
    "http://127.0.0.1:56150/_connector",
    "http://localhost:56150/_connector",
    "http://[::1]:56150/_connector/",
    "http://localhost:65535",
]
NOT_LOCAL = [
    "https://localhost:56150/",
    "http://localhost:65536/",
    "http://localhost:0/",
    "http://localhost:056150/",
    "http://localhost.evil.example/",
    "http://localhost@evil.example/",
    "http://evil.example\\@127.0.0.1/",
    "http://192.0.2.1:8080\\@127.0.0.1/",
    "http://127.0.0.1#@evil.example/",
    "http://127.0.0.1.nip.example/",
    "http://127.1/",
    "http://2130706433/",
    "http://0.0.0.0/",
    "http://[::]/",
    "http://[::ffff:192.0.2.1]/",
    "http://192.0.2.1/",
    "http://127.0.0.1/?x",
    "http://127.0.0.1/../x",
    "http://ⓛocalhost/",
    "http://localhost/" + "a" * 500,
    GOOD[0],
]


@pytest.mark.parametrize("url", LOCAL)
def test_a_playground_of_this_machine_is_called(url):
    assert Loopback().allow(url)


@pytest.mark.parametrize("url", NOT_LOCAL)
def test_and_no_other(url):
    assert not Loopback().allow(url)
