"""Consent: who said yes, no or no longer, to what, in which form, and what they were told first."""
