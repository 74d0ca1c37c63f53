"""Organisation, units, memberships, roles and what they may do."""
