"""Clips that nobody should have: whatever a file is, it ends in a report or in one sentence."""
