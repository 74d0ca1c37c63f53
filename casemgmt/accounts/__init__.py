"""Staff users, portal accounts, sign-in, second factor, confirm-again."""
