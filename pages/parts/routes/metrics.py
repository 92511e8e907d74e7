"""``/metrics``: how queue and live streams are doing, as Prometheus reads it. It names nobody,
and answers only whoever asks this machine itself: through a proxy it is not there."""

from collections.abc import Iterator

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from fer_core import PoiseError, census, queue_state
from pages.parts import room

PROXIED = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip", "via")
"""Headers that a proxy adds."""


class Poise(Collector):
    """The figures, read anew each time that somebody asks."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        yield from _live()
        yield from _queue()


def _live() -> Iterator[GaugeMetricFamily]:
    live = census()
    yield GaugeMetricFamily("poise_live_sessions", "Cameras open now.", live.streams)
    if live.age is not None:
        yield GaugeMetricFamily("poise_live_result_age_seconds", "Median age of the result on "
                                "screen, of the camera where it is oldest.", live.age)


def _queue() -> Iterator[GaugeMetricFamily]:
    try:
        queue = queue_state(room.desk().database)
    except PoiseError:
        yield GaugeMetricFamily("poise_database_up", "Whether the database answers.", 0)
        return
    yield GaugeMetricFamily("poise_database_up", "Whether the database answers.", 1)
    clips = GaugeMetricFamily("poise_clips", "The desk's clips.", labels=["state"])
    for state, count in queue.states.items():
        clips.add_metric([state], count)
    yield clips
    yield GaugeMetricFamily("poise_queue_length", "Clips that wait.", queue.states["queued"])
    yield GaugeMetricFamily("poise_queue_age_seconds", "How long the clip that has waited longest "
                            "has waited.", queue.oldest)
    yield GaugeMetricFamily("poise_clips_per_minute", "Clips that ended, over the last ten "
                            "minutes.", queue.pace)


_REGISTRY = CollectorRegistry(auto_describe=False)
_REGISTRY.register(Poise())


def metrics(request: Request) -> Response:
    """The figures; 404 through a proxy."""
    if any(name in request.headers for name in PROXIED):
        return Response(status_code=404)
    return Response(generate_latest(_REGISTRY), media_type=CONTENT_TYPE_LATEST)


ROUTES = (Route("/metrics", metrics),)
