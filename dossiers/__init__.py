"""Dossiers: people, recording, assignments, and the one door to all of it."""
