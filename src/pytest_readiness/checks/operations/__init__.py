"""The checks of area operations, one module an item."""
