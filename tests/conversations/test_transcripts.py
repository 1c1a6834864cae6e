"""Whole dialogues, as they read in the thread. `TRANSCRIPTS=write pytest …` writes them anew."""

import os
from pathlib import Path

import pytest
from playing import played

FOLDER = Path(__file__).parent / "transcripts"


@pytest.mark.parametrize("file", sorted(FOLDER.glob("*.txt")), ids=lambda file: file.stem)
def test_the_dialogue_goes_as_its_transcript_says(file: Path):
    transcript = file.read_text(encoding="utf-8")
    result = played(transcript)
    if os.environ.get("TRANSCRIPTS") == "write":
        file.write_text(result, encoding="utf-8")
    assert result == transcript
