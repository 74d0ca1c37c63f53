"""Recording: entries with their versions, and working notes that nobody else opens."""
