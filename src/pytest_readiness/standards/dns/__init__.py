"""Names: zones, signatures, mail policy, registration."""
