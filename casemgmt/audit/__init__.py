"""Typed events, access log, chain, verification, export."""
