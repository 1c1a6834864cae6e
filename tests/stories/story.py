"""Plays a story: what people do, line by line, on every platform at once, and what each can see.

A line that starts at the margin is somebody doing something, a minute after the line before it;
`#` begins a comment.

    ana starts Search Assistant
    ana asks: gaps                             a command, typed in the channel
    ana alone: status                          the same where she is alone with the bot
    ana: 3 yes https://wiki.example/run/7      she types this into the thread; `@ben` is a mention
    ana in the channel: shall we deploy?
    ben taps Partly on 1.2                     a button of a card as it stands
    ben taps Met on 1.2 twice                  the second tap a moment later
    ben, 5 minutes ago, taps Met on 1.2        his tap arrives late
    ben taps old Met on 1.2                    a button that is gone from the card by now
    ben sends note = by hand; evidence = …     the form that his last tap opened
    ben cancels                                the form is put away
    ana assigns layer 3 to ben
    ana goes home                              what Slack shows on the app's page
    ana turns to the new review                the thread that the bot opened by itself
    3 days pass                                what is due by then is done
    so it stands                               every review and its score, as stored

A line that ends in ` …` happens without its outcome being written down. Indented lines are the
outcome: of a new card every line, of one that is edited those that are new in it, without the rows
of verdict buttons. `↳` stands in the thread; `Ben only` is told to nobody else. What only one
platform shows begins with its name; `«readiness»` is its way to begin a command.
"""

import asyncio
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from difflib import SequenceMatcher

from ending import endings, spoken
from stage import NAMES, Answered, Button, Seen, Stage, StoryClock, slots, stored

from storage import due

QUIETLY = " …"
VERDICTS = "[Met] [Partly] [Not yet] [N/A] [Don't know]"
DOES = re.compile(r"(?P<who>ana|ben|chi)(?:, (?P<late>\d+) minutes? ago,)?(?P<does>:? .+)")
PASSES = re.compile(r"(?:an?|(?P<number>\d+)) (?P<unit>minute|hour|day|week)s? pass(?:es)?")
TAPS = re.compile(r" taps (?P<old>old )?(?P<label>.+?)(?: on (?P<about>\S+))?(?P<twice> twice)?")
MOMENT = timedelta(seconds=0.2)


@dataclass
class Audience:
    """Those who use one platform: what they have seen, and what they do next."""

    stage: Stage
    seen: dict[str, Seen] = field(default_factory=dict)
    gone: list[Button] = field(default_factory=list)  # buttons that an edit took away

    async def do(self, who: str, does: str, clock: StoryClock, late: timedelta) -> list[str]:
        """What can be read of it."""
        answers = [it async for it in self._gesture(who, does, clock, late)]
        shown = [line for it in answers for line in _form(who, it)]
        shown += [line async for line in self._news()]
        said = [line for it in answers if it.line for line in _lines(f"{NAMES[who]} only", it.line)]
        return [*shown, *said] or ["(nothing)"]

    async def wait(self) -> list[str]:
        """What can be read when time has passed."""
        await self.stage.catch_up()
        return [line async for line in self._news()]

    async def _gesture(self, who: str, does: str, clock: StoryClock, late: timedelta):
        stage = self.stage
        if found := TAPS.fullmatch(does):
            button = self._button(found["label"], found["about"], old=bool(found["old"]))
            yield await stage.press(who, button, clock() - late)
            if found["twice"]:
                yield await stage.press(who, button, clock() - late + MOMENT)
        elif found := re.fullmatch(r" sends (.+)", does):
            pairs = (it.partition("=") for it in found[1].split("; "))
            yield await stage.fill_in(who, {key.strip(): it.strip() for key, _, it in pairs})
        else:
            await self._types(who, does)

    async def _types(self, who: str, does: str) -> None:
        stage = self.stage
        if does.startswith(": "):
            await stage.reply(who, does[2:])
        elif does.startswith(" asks: "):
            await stage.command(who, does.removeprefix(" asks: "))
        elif does.startswith(" alone: "):
            await stage.direct(who, does.removeprefix(" alone: "))
        elif does.startswith(" in the channel: "):
            await stage.say(who, does.removeprefix(" in the channel: "))
        elif does.startswith(" starts "):
            await stage.command(who, f"start {does.removeprefix(' starts ')}")
            await stage.follow()
        elif found := re.fullmatch(r" assigns layer (.+) to (\w+)", does):
            service = (await stored(stage.bot))[-1][0].service
            await stage.command(who, f"assign {service} {found[1]} @{found[2]}")
        elif does == " turns to the new review":
            await stage.follow()
        elif does == " cancels":
            await stage.give_up(who)
        elif does == " goes home":
            await stage.home(who)
        else:
            raise AssertionError(f"nobody can do this: {does}")

    async def _news(self):
        """What is new to read, each conversation from its top."""
        cards = await slots(self.stage.bot)
        for it in await self.stage.look():
            before = self.seen.get(it.key)
            self.seen[it.key] = it
            if before:
                self._keep_gone(before, it)
            known = Counter(before.lines if before else ())
            for line in it.lines:
                known[line] -= 1
                if known[line] < 0 and line and line != VERDICTS:
                    yield _labelled(_label(it, cards), line)

    def _keep_gone(self, before: Seen, after: Seen) -> None:
        standing = {one.packed for one in after.buttons}
        self.gone += [one for one in before.buttons if one.packed not in standing]

    def _button(self, label: str, about: str | None, *, old: bool) -> Button:
        """The newest that is meant; in one message, the first."""
        standing = [one for it in reversed(self.seen.values()) for one in it.buttons]
        for button in reversed(self.gone) if old else standing:
            if button.label == label and (about is None or about in button.about):
                return button
        raise AssertionError(f"there is no button {label} on {about}")


@dataclass
class Story:
    """The same words on several platforms, by one clock."""

    stages: list[Stage]
    clock: StoryClock

    def __post_init__(self) -> None:
        self.audiences = [Audience(stage) for stage in self.stages]

    async def played(self, transcript: str) -> str:
        """The transcript with the outcome of every line as it is now."""
        written = []
        for line in transcript.splitlines():
            if line.startswith(" "):
                continue
            written.append(line)
            if line and not line.startswith("#"):
                shown = await self._outcome(line.removesuffix(QUIETLY))
                written += () if line.endswith(QUIETLY) else (f"    {one}" for one in shown)
        return "\n".join(written) + "\n"

    async def ends_alike(self) -> None:
        """Answers, people, history and score are the same on all platforms."""
        first, *others = [await endings(it) for it in self.stages]
        for other in others:
            assert other == first

    async def _outcome(self, line: str) -> list[str]:
        if line == "so it stands":
            await self.ends_alike()
            return [line for it in await endings(self.stages[0]) for line in spoken(it)]
        if found := PASSES.fullmatch(line):
            return await self._pass(timedelta(**{f"{found['unit']}s": int(found["number"] or 1)}))
        found = DOES.fullmatch(line)
        assert found, f"not understood: {line}"
        self.clock.advance(timedelta(minutes=1))
        late = timedelta(minutes=int(found["late"] or 0))
        who, does = found["who"], found["does"]
        doing = [it.do(who, does, self.clock, late) for it in self.audiences]
        return list(self._merged(await asyncio.gather(*doing)))

    async def _pass(self, much: timedelta) -> list[str]:
        """What can be read meanwhile: everything happens at its own moment, which stands above."""
        until, written = self.clock() + much, []
        while True:
            planned = [await it.bot.runner.read(due.next_at) for it in self.stages]
            moment = min((it for it in planned if it), default=until)
            self.clock.advance(max(min(moment, until) - self.clock(), timedelta(0)))
            shown = await asyncio.gather(*(it.wait() for it in self.audiences))
            if lines := list(self._merged(shown)):
                written += [f"{self.clock():%A %-d %B, %H:%M}", *lines]
            if moment >= until:
                return written or ["(nothing)"]

    def _merged(self, shown: list[list[str]]) -> Iterator[str]:
        """Each line once where all show it; else with the name of the platform that does."""
        first, *others = shown
        if not others:
            return iter(first)
        [second] = others
        return self._differences(first, second)

    def _differences(self, first: list[str], second: list[str]) -> Iterator[str]:
        left, right = (it.name for it in self.stages)
        compared = SequenceMatcher(None, first, second, autojunk=False)
        for what, begin, end, other_begin, other_end in compared.get_opcodes():
            if what == "equal":
                yield from first[begin:end]
                continue
            yield from (f"{left} shows: {it}" for it in first[begin:end])
            yield from (f"{right} shows: {it}" for it in second[other_begin:other_end])


def _form(who: str, answered: Answered) -> Iterator[str]:
    yield from (_labelled(f"{NAMES[who]}'s form", it) for it in answered.form)
    yield from (_labelled(f"{NAMES[who]}'s form", f"! {it}") for it in answered.wrong)


def _lines(label: str, text: str) -> Iterator[str]:
    return (_labelled(label, it) for it in text.split("\n"))


def _label(it: Seen, cards: dict[str, str]) -> str:
    if it.where in NAMES:
        return f"{NAMES[it.where]} only"
    return f"{'↳ ' if it.where == 'thread' else ''}{cards.get(it.key, 'bot')}"


def _labelled(label: str, line: str) -> str:
    return f"{label:<11} | {line}"
