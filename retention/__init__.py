"""Letting go: closing, end dates, holds, removal, destruction, certificates, erasure ledger."""
