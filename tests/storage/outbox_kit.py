"""Rows of the outbox, and claims of their lanes, in few words."""

from storage_kit import HERE, NOW

from storage import lanes, outbox


def owe(conn, key: str, lane: str = "l", at=NOW, kind: str = "tell") -> None:
    outbox.owe(
        conn,
        key=key,
        lane=lane,
        kind=kind,
        person="slack:U1",
        place=HERE,
        payload={"a": 1},
        at=at,
    )


def show(
    conn, slot: str = "root", lane: str = "l", at=NOW, payload=None, review: str = "r"
) -> None:
    outbox.show(
        conn,
        key=f"{review}/{slot}",
        lane=lane,
        kind="card",
        review_id=review,
        slot=slot,
        place=HERE,
        payload=payload or {},
        at=at,
    )


def claim(conn, token: str = "t", now=NOW, limit: int = 10, lane: str | None = None) -> list[str]:
    return lanes.claim(conn, now=now, token=token, limit=limit, lane=lane)
