"""Memory that a process sets up for itself as a whole."""

import subprocess
import sys

import pytest

# How many places glibc takes memory from, while as many threads as on PostgreSQL hold some.
COUNT = """
import ctypes, sys, threading
from bot import loops

async def main():
    everybody, enough = threading.Barrier(13), threading.Event()
    libc = ctypes.CDLL(None)
    libc.malloc.restype = ctypes.c_void_p

    def hold():
        libc.malloc(ctypes.c_size_t(1000))
        everybody.wait()
        enough.wait()

    threads = [threading.Thread(target=hold) for _ in range(12)]
    for it in threads:
        it.start()
    everybody.wait()
    libc.fopen.restype = ctypes.c_void_p
    out = ctypes.c_void_p(libc.fopen(b"/dev/stdout", b"w"))
    libc.malloc_info(0, out)
    libc.fclose(out)
    enough.set()

loops.run(main())
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only glibc has places for threads")
def test_threads_share_their_memory():
    run = subprocess.run([sys.executable, "-c", COUNT], capture_output=True, text=True, check=True)
    if "<heap" not in run.stdout:
        pytest.skip("another C library")
    assert run.stdout.count("<heap nr=") <= 2
