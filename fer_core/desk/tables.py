"""The desk's tables, as the newest migration leaves them."""

from typing import Any

import sqlalchemy as sa

TABLES = sa.MetaData()
TEXT, WHOLE, REAL, YES = sa.Text(), sa.Integer(), sa.Float(), sa.Boolean()
ID, WORD, MOMENT = sa.String(32), sa.String(16), sa.DateTime(timezone=True)


def _table(name: str, keys: tuple[str, ...], /, **columns: Any) -> sa.Table:
    """A table; a column given as a list of one kind may be empty."""
    made = [sa.Column(n, kind[0] if isinstance(kind, list) else kind, primary_key=n in keys,
                      nullable=isinstance(kind, list)) for n, kind in columns.items()]
    return sa.Table(name, TABLES, *made)


MEMBERS = _table("members", ("id",), id=ID, subject=TEXT, name=TEXT, roles=TEXT, joined=MOMENT)
OPENINGS = _table(
    "openings", ("id",), id=ID, title=TEXT, purpose=WORD, place=WORD, questions=TEXT,
    criteria=TEXT, retention_days=WHOLE, blind=YES, grants_report=YES, signed_reason=TEXT,
    signed_by=[ID], signed=[MOMENT], created=MOMENT, created_by=ID, pitched=YES, observed=TEXT,
    numbers=WHOLE)
ASSIGNMENTS = _table("assignments", ("opening", "member"), opening=ID, member=ID)
CANDIDATES = _table(
    "candidates", ("id",), id=ID, opening=ID, place_in_line=WHOLE, name=TEXT, contact=TEXT,
    subject=TEXT, key=sa.LargeBinary(), added=MOMENT, hold_reason=TEXT, held_by=[ID],
    held=[MOMENT])
CLIPS = _table(
    "clips", ("id",), id=ID, candidate=ID, name=TEXT, sha256=sa.String(64),
    size=sa.BigInteger(), added=MOMENT, added_by=ID, state=WORD, turn=MOMENT, worker=[ID],
    lease=[MOMENT], crashes=WHOLE, fraction=[REAL], remaining=[REAL], cancel=YES, failure=TEXT,
    finished=[MOMENT])
READINGS = _table("readings", ("clip",), clip=ID, report=TEXT, made=MOMENT)
OBSERVATIONS = _table("observations", ("clip",), clip=ID, report=TEXT, made=MOMENT)
CONSENTS = _table(
    "consents", ("id",), id=ID, candidate=ID, version=sa.String(32), language=sa.String(8),
    features=TEXT, receipt=TEXT, given=MOMENT, withdrawn=[MOMENT])
SCORECARDS = _table(
    "scorecards", ("id",), id=ID, candidate=ID, member=ID, kind=WORD, reason=TEXT, begun=MOMENT,
    handed_in=[MOMENT])
RATINGS = _table(
    "ratings", ("scorecard", "criterion"), scorecard=ID, criterion=sa.String(64), rating=WHOLE,
    evidence=TEXT)
COMMENTS = _table(
    "comments", ("id",), id=ID, clip=ID, member=ID, second=REAL, text=TEXT, written=MOMENT)
CHAPTERS = _table("chapters", ("clip", "question"), clip=ID, question=WHOLE, second=REAL)
DECISIONS = _table(
    "decisions", ("id",), id=ID, candidate=ID, member=ID, name=TEXT, decision=WORD, reason=TEXT,
    decided=MOMENT)
GROUPS = _table(
    "protected_groups", ("candidate", "category"), candidate=ID, category=sa.String(32),
    value=TEXT, declared=YES)
OBJECTIONS = _table(
    "objections", ("id",), id=ID, candidate=ID, kind=WORD, text=TEXT, raised=MOMENT, answer=TEXT,
    answered_by=[ID], answered=[MOMENT])
SHARES = _table(
    "shares", ("id",), id=ID, opening=ID, clip=[ID], token=sa.String(64), label=TEXT, made_by=ID,
    made=MOMENT, expires=MOMENT, revoked=[MOMENT])
AUDIT = _table(
    "audit", ("line",), line=WHOLE, time=sa.String(32), who=sa.String(64),
    action=sa.String(32), opening=sa.String(64), thing=sa.String(64), detail=TEXT,
    previous=sa.String(64), hash=sa.String(64))
HEAD = _table("audit_head", ("id",), id=WHOLE, line=WHOLE, hash=sa.String(64))
