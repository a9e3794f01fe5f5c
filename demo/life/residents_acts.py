"""What residents do in the script: each act goes through the same turn as a push from WeChat.

An act is a generator that yields the seconds until it goes on, for a conversation takes its time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import count
from typing import Any, TypeAlias

from bot.turn import TurnTaker
from demo.life.album import Album
from demo.life.moments import spread
from demo.life.scene import Scene
from demo.life.script import ScriptError, Step, Story
from dialogue.messages import Incoming, Kind
from intents.tickets import format_ticket
from services.places import full_name
from storage.communities import Place
from storage.residents import Dialog

Act: TypeAlias = Iterator[int]
TURNS = 10
"""More messages than this nobody writes to report one matter."""
REPORTING = ("反映问题", "没有，是反映问题")


class Residents:
    """The residents' side of the script."""

    def __init__(self, scene: Scene, taker: TurnTaker, album: Album) -> None:
        self._scene, self._taker, self._album = scene, taker, album
        self._numbers = count(1)
        self._acts: Mapping[str, Callable[[Story, Step], Act]] = {
            "report": self._report,
            "say": self._say,
            "photo": self._single,
            "voice": self._single,
            "place": self._single,
            "scan": self._event,
            "menu": self._event,
            "follow": self._event,
            "unfollow": self._event,
            "fails": self._fails,
            "rate": self._rate,
        }

    def act(self, story: Story, step: Step) -> Act:
        """Plays a step; a case that it opens is the case of the story."""
        before = self._scene.newest_case(story.who)
        for pause in self._acts[step.act](story, step):
            self._note_case(story, before)
            yield pause
        self._note_case(story, before)

    def _note_case(self, story: Story, before: int | None) -> None:
        newest = self._scene.newest_case(story.who)
        if newest != before and newest is not None:
            self._scene.cases[story.name] = newest

    def _report(self, story: Story, step: Step) -> Act:
        """Tells a matter and answers what the bot asks about it."""
        case, photos = self._scene.newest_case(story.who), _photos(step)
        if step.detail.get("scan"):
            self._push(story, event="scan", event_key=step.detail["scan"])
            yield 12
        if step.detail.get("photo_first"):
            self._picture(story, photos.pop(0))
            yield 14
        self._push(story, text=step.value)
        for turn in range(TURNS):
            yield self._pause(story, turn)
            self._push(story, **self._answer(story, step, photos))
            if self._scene.newest_case(story.who) != case or self._joined(story, step):
                return
        raise ScriptError(f"{story.name}: the report never came to an end")

    def _joined(self, story: Story, step: Step) -> bool:
        """Whether the report became a second voice for what a neighbour had told."""
        return bool(step.detail.get("same")) and self._dialog(story).form != "report"

    def _dialog(self, story: Story) -> Dialog:
        return self._scene.session.get_one(Dialog, self._scene.resident(story.who).id)

    def _rate(self, story: Story, step: Step) -> Act:
        """Answers the return visit about the case of the story: 5 to 1, or 0 for not solved."""
        self._push(story, text="评价")
        for turn in range(TURNS):
            yield self._pause(story, turn)
            text = self._rating(story, step.value)
            if not text:
                return
            self._push(story, text=text)

    def _rating(self, story: Story, value: int) -> str:
        """What is said next of a rating; empty where nothing is asked any more."""
        dialog = self._dialog(story)
        if dialog.form == "rate":
            solved = dialog.progress["asking"] == "solved"
            return ("1" if value else "2") if solved else str(6 - value)
        ticket = format_ticket(self._scene.case(story).number)
        for number, choice in enumerate(dialog.choices, 1):
            if ticket in choice["label"]:
                return str(number)
        return ""

    def _answer(self, story: Story, step: Step, photos: list[str]) -> dict[str, Any]:
        """What this resident answers to the question that is open."""
        dialog = self._dialog(story)
        if dialog.form == "report":
            return self._filled(story, step, photos, dialog.progress["asking"])
        if dialog.form == "emergency_place":
            return {"text": self._where(story, step)}
        for number, choice in enumerate(dialog.choices, 1):
            if choice["label"] in REPORTING:
                return {"text": str(number)}
        return {"event": "click", "event_key": "report.new"}

    def _filled(self, story: Story, step: Step, photos: list[str], slot: str) -> dict[str, Any]:
        """The answer to a question of the report."""
        match slot:
            case "place":
                return {"text": self._where(story, step)}
            case "description":
                return {"text": step.value}
            case "same":
                return {"text": "1" if step.detail.get("same") else "是另一件事"}
            case "extra":
                return {"text": str(step.detail.get("answer", "跳过"))}
            case "confirm":
                return self._photo(photos.pop(0)) if photos else {"text": "1"}
            case _:
                raise ScriptError(f"{story.name}: nobody foresaw the question for {slot}")

    def _where(self, story: Story, step: Step) -> str:
        """The place of the matter, or else where the resident lives, as they say it."""
        if "where" in step.detail:
            return str(step.detail["where"])
        home = self._scene.resident(story.who).home_id
        if home is None:
            raise ScriptError(f"{story.name}: the bot asks where, and nothing is known to say")
        return full_name(self._scene.session, self._scene.session.get_one(Place, home))

    def _say(self, story: Story, step: Step) -> Act:
        lines = step.value if isinstance(step.value, list) else [step.value]
        for turn, line in enumerate(lines):
            if turn:
                yield self._pause(story, turn)
            if isinstance(line, dict):
                self._other(story, *next(iter(line.items())))
            else:
                self._push(story, text=self._scene.words(str(line)))

    def _single(self, story: Story, step: Step) -> Act:
        self._other(story, step.act, step.value)
        yield from ()

    def _other(self, story: Story, what: str, value: Any) -> None:
        """A message that is not text; a voice may come with its transcript."""
        if what == "photo":
            self._picture(story, value)
        elif what == "voice":
            name = f"voice-{next(self._numbers)}"
            self._push(story, kind=Kind.VOICE, text=value or "", media_id=name, media_format="amr")
        else:
            latitude, longitude, label = value
            where = {"latitude": latitude, "longitude": longitude, "text": label}
            self._push(story, kind=Kind.LOCATION, **where)

    def _picture(self, story: Story, drawing: str) -> None:
        self._push(story, **self._photo(drawing))

    def _photo(self, drawing: str) -> dict[str, Any]:
        return {"kind": Kind.IMAGE, "media_id": f"{drawing}-{next(self._numbers)}"}

    def _event(self, story: Story, step: Step) -> Act:
        name = {"follow": "subscribe", "unfollow": "unsubscribe", "menu": "click"}
        key = step.value if isinstance(step.value, str) else ""
        self._push(story, event=name.get(step.act, step.act), event_key=key)
        yield from ()

    def _fails(self, story: Story, step: Step) -> Act:
        """A message that the program could not handle."""
        incoming = self._incoming(story, {"text": step.value})
        self._taker.take_failed(self._scene.session, incoming, TimeoutError())
        yield from ()

    def _push(self, story: Story, **fields: Any) -> None:
        self._taker.take(self._scene.session, self._incoming(story, fields))
        self._scene.session.flush()
        self._album.fetch(self._scene.session, self._scene.now)

    def _incoming(self, story: Story, fields: Mapping[str, Any]) -> Incoming:
        kind = Kind.EVENT if "event" in fields else Kind.TEXT
        return Incoming(
            account="",
            openid=self._scene.resident(story.who).openid,
            key=f"demo:{next(self._numbers)}",
            sent_at=self._scene.now,
            **{"kind": kind, **fields},
        )

    def _pause(self, story: Story, turn: int) -> int:
        return 12 + spread(f"{story.name}:{turn}:{self._scene.now.minute}", 33)


def _photos(step: Step) -> list[str]:
    photo = step.detail.get("photo", [])
    return [photo] if isinstance(photo, str) else list(photo)
