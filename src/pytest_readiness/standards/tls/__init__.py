"""TLS and certificates: what is offered, what is sent, and what is wrong with it."""
