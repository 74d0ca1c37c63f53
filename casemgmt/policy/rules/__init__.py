"""The rules: pure functions of facts, profile and date that return a Decision. No Django, no clock, no database."""
