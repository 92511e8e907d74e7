"""The desk as its pages and commands use it: every part behind one database and one policy."""

import sqlalchemy as sa

from fer_core.config import StorageSettings
from fer_core.desk.access import Access
from fer_core.desk.batches import Batches
from fer_core.desk.candidates import Candidates
from fer_core.desk.chapters import Chapters
from fer_core.desk.clips import Clips
from fer_core.desk.comments import Comments
from fer_core.desk.consents import Consents
from fer_core.desk.forgetting import Forgetting
from fer_core.desk.inbox import OWN_WAITING, Inbox, incoming
from fer_core.desk.log import Log
from fer_core.desk.objections import Objections
from fer_core.desk.observed import Observations
from fer_core.desk.openings import Openings
from fer_core.desk.readings import Readings
from fer_core.desk.scorecards import Scorecards
from fer_core.desk.shares import Shares
from fer_core.desk.tables import CLIPS
from fer_core.desk.worker import clips_folder, hand_out
from fer_core.history.database import Database


class Desk:
    """An open desk. Safe to use from any thread, and beside other processes.

    Args:
        settings: where it lies.

    Raises:
        StorageError: the database cannot be opened.
    """

    def __init__(self, settings: StorageSettings | None = None) -> None:
        self.settings = settings or StorageSettings()
        self.database = Database(self.settings)
        access = Access(self.database)
        self.openings = Openings(access)
        self.candidates = Candidates(access)
        self.consents = Consents(access)
        self.scorecards = Scorecards(access)
        self.comments = Comments(access)
        self.chapters = Chapters(access)
        self.objections = Objections(access)
        self.shares = Shares(access)
        self.readings = Readings(access)
        self.observations = Observations(access)
        self.log = Log(access)
        folder = clips_folder(self.settings)
        self.clips = Clips(access, folder, lambda: hand_out(self.settings))
        self.inbox = Inbox(incoming(folder))
        self.own_inbox = Inbox(incoming(folder), OWN_WAITING)
        self.batches = Batches(self.candidates, self.clips)
        self.forgetting = Forgetting(access, self.settings.home, folder)

    def ping(self) -> None:
        """Ask the database for next to nothing.

        Raises:
            StorageError: it does not answer.
        """
        with self.database.reading() as connection:
            connection.execute(sa.select(CLIPS.c.id).limit(1))

    def close(self) -> None:
        """Give the connections back."""
        self.database.close()
