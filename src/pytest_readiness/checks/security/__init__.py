"""The checks of area security, one module an item."""
