"""The app reached by Socket Mode: it connects to us, and acknowledges each envelope."""

import asyncio
import json
from typing import Any

from aiohttp import WSMsgType, web

from bot.playground.link import Ack, Delivery
from bot.playground.values import Ids, Json
from bot.playground.world import APP


class SocketMode:
    """The app's open connections. An envelope goes to the newest one."""

    def __init__(self, ids: Ids, ack_seconds: float) -> None:
        self._ids = ids
        self._ack_seconds = ack_seconds
        self._tickets: set[str] = set()
        self._connections: list[web.WebSocketResponse] = []
        self._waiting: dict[str, asyncio.Future[Json | None]] = {}
        self._joined = asyncio.Event()

    @property
    def connected(self) -> int:
        """How many connections the app holds."""
        return len(self._connections)

    async def joined(self) -> None:
        """Returns once the app holds a connection."""
        await self._joined.wait()

    def ticket(self) -> str:
        """A permission for one connection."""
        ticket = self._ids.new("K")
        self._tickets.add(ticket)
        return ticket

    async def send(self, delivery: Delivery) -> Ack:
        """Sends once and waits for the acknowledgement."""
        if not self._connections:
            return Ack("not_connected")
        envelope = self._envelope(delivery)
        answer: asyncio.Future[Json | None] = asyncio.get_running_loop().create_future()
        self._waiting[envelope["envelope_id"]] = answer
        try:
            async with asyncio.timeout(self._ack_seconds):
                await self._connections[-1].send_json(envelope)
                return Ack(body=await answer)
        except TimeoutError:
            return Ack("operation_timeout")
        except ConnectionError:
            return Ack("connection_failed")
        finally:
            self._waiting.pop(envelope["envelope_id"], None)

    def _envelope(self, delivery: Delivery) -> Json:
        envelope: Json = {
            "envelope_id": self._ids.new("envelope-"),
            "type": delivery.kind,
            "payload": delivery.payload,
            "accepts_response_payload": delivery.kind != "events_api",
        }
        if delivery.kind == "events_api":
            envelope["retry_attempt"] = delivery.retry.number if delivery.retry else 0
            envelope["retry_reason"] = delivery.retry.reason if delivery.retry else ""
        return envelope

    async def serve(self, request: web.Request) -> web.WebSocketResponse:
        """One connection, from its ticket to its end."""
        ticket = request.query.get("ticket", "")
        if ticket not in self._tickets:
            raise web.HTTPForbidden(text="invalid ticket")
        self._tickets.discard(ticket)
        socket = web.WebSocketResponse(heartbeat=20)
        await socket.prepare(request)
        await socket.send_json(self._hello())
        self._connections.append(socket)
        self._joined.set()
        try:
            async for message in socket:
                if message.type is WSMsgType.TEXT:
                    self._acknowledged(message.data)
        finally:
            self._left(socket)
        return socket

    def _hello(self) -> Json:
        return {
            "type": "hello",
            "num_connections": len(self._connections) + 1,
            "connection_info": {"app_id": APP},
            "debug_info": {"host": "playground", "approximate_connection_time": 18060},
        }

    def _acknowledged(self, text: str) -> None:
        try:
            message: Any = json.loads(text)
        except ValueError:
            return
        if not isinstance(message, dict):
            return
        waiting = self._waiting.get(str(message.get("envelope_id")))
        if waiting is not None and not waiting.done():
            payload = message.get("payload")
            waiting.set_result(payload if isinstance(payload, dict) and payload else None)

    def _left(self, socket: web.WebSocketResponse) -> None:
        if socket in self._connections:
            self._connections.remove(socket)
        if not self._connections:
            self._joined.clear()
            for waiting in self._waiting.values():
                if not waiting.done():
                    waiting.set_exception(ConnectionResetError("the app disconnected"))

    async def refresh(self) -> None:
        """Asks the app to connect anew, then closes what it holds, as Slack does now and then."""
        for socket in list(self._connections):
            await socket.send_json({"type": "disconnect", "reason": "refresh_requested"})
            self._left(socket)
            await socket.close()

    async def close(self) -> None:
        """Closes every connection."""
        for socket in list(self._connections):
            await socket.close()
