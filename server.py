"""What is served: the pages, and beside them the addresses that no page can answer."""

import streamlit as st

from pages.parts.routes import MIDDLEWARE, ROUTES

app = st.App("app.py", routes=ROUTES, middleware=MIDDLEWARE)
