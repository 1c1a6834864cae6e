"""What needs no connection to Teams does not load Microsoft's packages: they take a second."""

import subprocess
import sys

import pytest

SDK = ("botbuilder", "botframework", "jwt", "msal")


@pytest.mark.parametrize("module", ["adaptive", "cloud", "dialect", "fields", "icons", "package"])
def test_it_is_loaded_without_the_sdk(module):
    code = f"import sys, bot.teams.{module}; print(*sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = {name.partition(".")[0] for name in run.stdout.split()}
    assert not loaded & set(SDK)
