"""Pages of jobs and events: defaults, cursors, order."""

from __future__ import annotations

from collections.abc import Callable

import openai
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sentitui.engine.store.database import Database
from sentitui.engine.store.paging import UnknownCursor, page
from tests.engine.engine_client import Engine


def test_pages_have_the_published_defaults_and_order(start_engine: Callable[..., Engine]) -> None:
    """20 jobs, 20 events, 10 checkpoints a page; newest first; `has_more` tells the truth."""
    engine = start_engine()
    client = engine.client
    jobs = [engine.tune({"epochs": 1, "steps": 30}) for _ in range(2)]
    engine.ended(jobs[-1])
    events = client.fine_tuning.jobs.list_events(jobs[0])
    assert (len(events.data), events.has_more) == (20, True)
    assert [event.id for event in events.data] == sorted((event.id for event in events.data), reverse=True)
    everything = engine.events(jobs[0])
    by_small_pages = list(client.fine_tuning.jobs.list_events(jobs[0], limit=3))
    assert by_small_pages[::-1] == everything
    assert [job.id for job in client.fine_tuning.jobs.list(limit=1)] == jobs[::-1]
    last = client.fine_tuning.jobs.list_events(jobs[0], after=everything[0].id)
    assert (last.data, last.has_more) == ([], False)


def test_a_cursor_of_another_job_is_unknown(engine: Engine) -> None:
    """`after` must name an event of this job: 400 otherwise, never an endless list."""
    first, second = engine.tune(), engine.tune()
    foreign = engine.events(second)[0].id
    with pytest.raises(openai.BadRequestError) as caught:
        engine.client.fine_tuning.jobs.list_events(first, after=foreign)
    assert caught.value.param == "after"
    engine.ended(second)


def test_lists_of_unknown_jobs_are_404(engine: Engine) -> None:
    """Events, checkpoints and the job itself."""
    jobs = engine.client.fine_tuning.jobs
    for use in (jobs.retrieve, jobs.cancel, jobs.pause, jobs.resume, jobs.list_events, jobs.checkpoints.list):
        with pytest.raises(openai.NotFoundError, match="ftjob-nothing"):
            use("ftjob-nothing")


@settings(max_examples=50, deadline=None)
@given(count=st.integers(0, 30), limit=st.integers(1, 12), ascending=st.booleans(), grow=st.booleans())
def test_walking_the_pages_meets_every_item_once(
    tmp_path_factory: pytest.TempPathFactory, count: int, limit: int, ascending: bool, grow: bool
) -> None:
    """Whatever the page size and order, and even while items arrive, no item is missed or met twice."""
    database = Database(tmp_path_factory.mktemp("pages") / "x.sqlite")
    for number in range(count):
        _add(database, number)
    met: list[str] = []
    after: str | None = None
    more = True
    while more:
        found = page(database, "files", after=after, limit=limit, ascending=ascending)
        met += [item["id"] for item in found.items]
        after, more = (met[-1] if met else None), found.has_more
        if grow and not ascending and len(met) < count:
            _add(database, 1000 + len(met))
    known = [str(number) for number in range(count)]
    assert met == (known if ascending else known[::-1])
    with pytest.raises(UnknownCursor):
        page(database, "files", after="nothing", limit=1)
    database.close()


def _add(database: Database, number: int) -> None:
    values = {"id": str(number), "filename": "a", "purpose": "batch", "bytes": 1, "created_at": 1}
    database.insert("files", values)
