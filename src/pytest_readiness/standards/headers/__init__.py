"""HTTP response fields, read as browsers read them."""
