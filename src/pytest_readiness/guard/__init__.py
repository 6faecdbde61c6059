"""Whatever leaves the process passes here: effect, budget, route, redaction, and the clients that enforce them."""
