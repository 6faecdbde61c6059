"""The checks of area infrastructure, one module an item."""
