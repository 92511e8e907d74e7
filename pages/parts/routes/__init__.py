"""Addresses beside the pages, one file each; every file has its ``ROUTES``. What they answer is
decided where a page's is."""

from starlette.middleware import Middleware
from starlette.routing import BaseRoute

from pages.parts.routes import clips, health, metrics
from pages.parts.routes.limits import Limits

ROUTES: tuple[BaseRoute, ...] = (*health.ROUTES, *metrics.ROUTES, *clips.ROUTES)
MIDDLEWARE = (Middleware(Limits),)
