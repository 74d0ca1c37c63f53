"""What the regulations say: profiles as data, rules as pure functions, decisions that explain themselves."""
