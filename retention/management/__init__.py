"""Commands about keeping and letting go."""
