"""The officer's reviews of an output folder: taken from an edited roll-up, kept in the ledger, put into the next one.

The ledger keeps what holds now (``reviews``), what the roll-up that lies there showed (``shown``), by which mark that
roll-up is known (``roll-up``), and the hash of an edited one that was left where it is (``left``).
"""

from __future__ import annotations

import hashlib
import traceback
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from . import journal
from .digest import Digest
from .outputs import ROLLUP, Outputs
from .preflight import Refused, open_package
from .reviewed import Carried, Left, Review, carry, whose

REVIEWS, SHOWN, MADE, LEFT = "reviews", "shown", "roll-up", "left"
Digests = Callable[[], Iterable[tuple[str, Digest]]]


@dataclass(kw_only=True)
class Told:
    """What is said of reviews: how many stand in the new roll-up, how many are of an earlier workbook, which are left over.

    ``edited`` where somebody wrote into the roll-up that lay there, ``unread`` is why that could not be read, ``faults``
    what was not found in it; ``stays`` where it holds all that a new one would, and was left where it is.
    """

    placed: int = 0
    earlier: int = 0
    left: Sequence[Left] = ()
    edited: bool = False
    unread: str = ""
    faults: Sequence[str] = field(default_factory=tuple)
    stays: bool = False


class Reviews:
    """The reviews of an output folder that is open."""

    def __init__(self, outputs: Outputs) -> None:
        self.outputs, self.ledger = outputs, outputs.ledger
        self.told = Told()
        self.edited: str | None = None
        """The hash of the roll-up that lies there, if somebody wrote into it and it could be read."""
        self._carried: Carried | None = None

    @property
    def path(self) -> Path:
        """Where the roll-up lies."""
        return self.outputs.folder / ROLLUP

    @property
    def mark(self) -> str:
        """What the reviews add to what a roll-up is made of."""
        return hashlib.sha256(self.ledger.kept(REVIEWS)).hexdigest()

    def take(self) -> None:
        """Take what somebody wrote into the roll-up that lies there."""
        sha256 = self.ledger.hash_of(self.path)
        if sha256 is None or self.ledger.is_ours(ROLLUP, sha256) or sha256.encode() == self.ledger.kept(LEFT):
            return
        from .harvest import Shown, harvest

        packed = self.ledger.kept(SHOWN)
        try:
            shown = msgspec.json.decode(packed, type=Shown) if packed else Shown()
            found = harvest(open_package(self.path).data, shown, self._known())
        except Refused as refusal:
            self.told.unread = str(refusal).partition("。")[0]
        except (KeyboardInterrupt, SystemExit):
            raise
        except BaseException:  # the reader's native code raises what is no Exception
            self.told.unread = f"文件里的内容读不出来，编号 {journal.record(traceback.format_exc())}"
        else:
            self.edited, self.told.edited = sha256, True
            self.told.faults = found.faults
            self.ledger.keep({REVIEWS: msgspec.json.encode(found.reviews)})

    def carried(self, digests: Digests) -> Carried:
        """The reviews in the rows of these workbooks."""
        self._carried = carry(self._known(), digests())
        return self._carried

    def _known(self) -> Sequence[Review]:
        packed = self.ledger.kept(REVIEWS)
        return msgspec.json.decode(packed, type=list[Review]) if packed else ()

    def stays(self, staged: Path) -> bool:
        """Whether the roll-up that lies there, edited, holds the same as a new one, so that it can be left where it is."""
        if self.edited is None or self._carried is None or self._carried.earlier():
            return False
        if self.ledger.hash_of(self.path) != self.edited or not _same(self.path, staged):
            return False
        self.told.stays = True
        self.ledger.keep({LEFT: self.edited.encode()})
        return True

    @property
    def left_there(self) -> bool:
        """Whether the roll-up that lies there is one that was edited and left where it is."""
        left = self.ledger.kept(LEFT)
        return bool(left) and (self.ledger.hash_of(self.path) or "").encode() == left

    def settle(self, mark: str, digests: Digests) -> None:
        """Keep what the roll-up shows that now lies there, known by its mark."""
        if self._carried is None and self.ledger.kept(MADE) == mark.encode():
            return
        from .harvest import Made, Shown

        carried = self.carried(digests) if self._carried is None else self._carried
        made = tuple(Made(whose=whose(digest), sha256=digest.sha256) for _, digest in digests())
        placed = tuple(one.review for one in carried.placed.values())
        shown = Shown(made=made, placed=placed, left=tuple(carried.left))
        kept = {SHOWN: msgspec.json.encode(shown), MADE: mark.encode()}
        self.ledger.keep(kept if self.told.stays else {**kept, LEFT: b""})
        self.told.placed, self.told.earlier, self.told.left = len(placed), carried.earlier(), carried.left


def _same(one: Path, other: Path) -> bool:
    """Whether two workbooks hold the same texts in the same rows, in whatever order the rows stand."""
    try:
        return _texts(open_package(one).data) == _texts(other.read_bytes())
    except (Refused, ValueError):
        return False


def _texts(data: bytes) -> dict[str, Counter[str]]:
    """How often each row stands on each sheet, by hash."""
    from .tables import each_sheet

    return {
        title: Counter(hashlib.sha256("\x1f".join(row).rstrip("\x1f").encode()).hexdigest() for row in rows)
        for title, rows in each_sheet(data)
    }
