"""The signed statement: an in-toto Statement in a DSSE envelope, and what verifies it offline."""
