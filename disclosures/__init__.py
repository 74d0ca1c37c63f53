"""Disclosures: giving a client's data to others as a guarded, explained act."""
