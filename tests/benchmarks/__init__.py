"""The benchmark kit: its population can be made again, and its report says what was measured."""
