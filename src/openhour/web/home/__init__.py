"""Where everyone lands after signing in, and how they sign in: home, the sign-in pages, the list of one's sign-ins."""
