"""A small face detector of one stage: its network, the scenes that it learns from, its training."""
