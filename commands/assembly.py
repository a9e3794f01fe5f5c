"""Puts the parts together: the one place that knows them all."""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import aiohttp
from sqlalchemy.orm import Session

from bot.codes import CodeMaker
from bot.deliver import Delivery, Line, Template
from bot.fetch import Fetcher
from bot.receive import Patience, Receiver
from bot.tokens import DatabaseTokens
from bot.turn import TurnTaker
from bot.webhook import Door, Webhook
from bot.wechat.account import Account
from bot.wechat.client import WeChatClient
from commands.support import office_hours
from handlers import SERVICES
from handlers.kit import World
from handlers.registry import Registry
from hotspots.similar import shipped_rarity
from intents import ensure_model
from intents.current import Classifier, CurrentModel
from intents.entities import Gazetteer, PlaceEntry
from intents.pinyin import syllable_table
from jobs.catalogue import Workers
from jobs.city import CityLine
from jobs.city import Receiver as CityReceiver
from jobs.training import Trainer
from services.calendar import CHINA
from services.categories import Catalogues
from services.delivery import Postman
from services.knowledge_bases import KnowledgeBases
from services.places import places_of
from services.policies import communities_with_policies
from settings import AccountSettings, Settings
from storage.communities import Place
from storage.engine import Database

Clock = Callable[[], datetime]


def accounts_of(settings: Settings) -> dict[str, tuple[Account, AccountSettings]]:
    """The accounts by the code in their webhook address; "" is the first one's."""
    named: dict[str, AccountSettings] = {"": settings.wechat, **settings.wechat.accounts}
    return {code: (_account(code, given), given) for code, given in named.items()}


def _account(code: str, given: AccountSettings) -> Account:
    return Account(
        code=code,
        appid=given.appid,
        secret=given.secret,
        token=given.token,
        aes_key=given.aes_key,
        previous_aes_key=given.previous_aes_key,
        api_base=given.api_base,
        capabilities=frozenset(given.capabilities),
        original_id=given.original_id,
    )


class Gazetteers:
    """The gazetteer of each community, built from the tree and built anew after a minute."""

    def __init__(self, life: float = 60.0) -> None:
        syllable_table()  # takes a second the first time, and no turn should wait for it
        self._life = life
        self._built: dict[int, tuple[float, Gazetteer]] = {}

    def __call__(self, session: Session, community_id: int) -> Gazetteer:
        now = time.monotonic()
        known = self._built.get(community_id)
        if known is None or now > known[0] + self._life:
            places = places_of(session, community_id)
            known = (now, Gazetteer([_entry(place, places) for place in places]))
            self._built[community_id] = known
        return known[1]


def _entry(place: Place, places: list[Place]) -> PlaceEntry:
    codes = {other.id: other.code for other in places}
    return PlaceEntry(
        code=place.code,
        name=place.name,
        aliases=tuple(place.aliases),
        parent=codes.get(place.parent_id) if place.parent_id else None,
        kind=place.kind,
    )


def current_model(settings: Settings) -> CurrentModel:
    """The model in use, trained first where there is none; follows when another is switched on."""
    return CurrentModel(settings.paths.model, ensure_model(settings.paths.model))


def make_world(settings: Settings, understander: Classifier) -> World:
    """What all turns of this process share."""
    return World(
        hours=office_hours(settings),
        understander=understander,
        catalogues=Catalogues(),
        gazetteer=Gazetteers(),
        knowledge=KnowledgeBases(),
        public_url=settings.server.public_url,
    )


def warm_up(session: Session, world: World, now: datetime) -> None:
    """Builds the knowledge bases of all communities and what like cases are compared by, so that no
    first question and no first report waits for it.
    """
    shipped_rarity()
    today = now.astimezone(CHINA).date()
    for community_id in communities_with_policies(session):
        world.knowledge(session, community_id, today)
    if isinstance(world.knowledge, KnowledgeBases):
        world.knowledge.settle()


@dataclass(frozen=True, slots=True)
class Inbound:
    """The half of the channel that takes messages in."""

    webhook: Webhook
    receiver: Receiver


def make_inbound(
    settings: Settings,
    database: Database,
    world: World,
    clock: Clock,
    stirred: Callable[[], None],
) -> Inbound:
    """The webhook of all accounts. `stirred` is called when a turn may have left work for jobs."""
    accounts = accounts_of(settings)
    taker = TurnTaker(
        Registry(SERVICES),
        world,
        {code: given.community for code, (_, given) in accounts.items()},
        clock,
    )
    patience = Patience(deadline=settings.reply.deadline_seconds)
    receiver = Receiver(database, taker, clock, patience, stirred)
    doors = {code: Door(account) for code, (account, _) in accounts.items()}
    return Inbound(Webhook(doors, receiver, clock), receiver)


def make_clients(
    settings: Settings, database: Database, session: aiohttp.ClientSession, clock: Clock
) -> dict[str, WeChatClient]:
    """A client of the WeChat API for each account, over tokens that all processes share."""
    tokens = DatabaseTokens(database, clock)
    return {
        code: WeChatClient(session, account, tokens, clock)
        for code, (account, _) in accounts_of(settings).items()
    }


def make_workers(
    settings: Settings,
    database: Database,
    clients: Mapping[str, WeChatClient],
    clock: Clock,
    city: CityLine | None = None,
) -> Workers:
    """What the background jobs work with."""
    accounts = accounts_of(settings)
    hours = office_hours(settings)
    lines = {code: Line(clients[code], _templates(given)) for code, (_, given) in accounts.items()}
    postman = Postman(
        name=f"{socket.gethostname()}-{os.getpid()}",
        capabilities={
            code: (*account.capabilities, *(f"template:{name}" for name in given.templates))
            for code, (account, given) in accounts.items()
        },
        hours=hours,
    )
    return Workers(
        city=city,
        codes=CodeMaker(
            database,
            {given.community: clients[code] for code, (_, given) in accounts.items()},
            clock,
        ),
        database=database,
        delivery=Delivery(database, lines, postman, clock),
        fetcher=Fetcher(database, clients, settings.paths.media, clock),
        clock=clock,
        session_life=timedelta(hours=settings.security.session_hours),
        hours=hours,
        trainer=Trainer(settings.paths.model, database, clock),
    )


def make_city_line(
    settings: Settings, database: Database, session: aiohttp.ClientSession, clock: Clock
) -> CityLine | None:
    """The line to the system of the city; None where none is configured."""
    given = settings.city
    if not given.url:
        return None
    receiver = CityReceiver(given.url, given.secret, given.timeout_seconds)
    return CityLine(database, session, receiver, Catalogues(), clock)


def _templates(given: AccountSettings) -> dict[str, Template]:
    return {name: Template(t.id, t.fields) for name, t in given.templates.items()}
