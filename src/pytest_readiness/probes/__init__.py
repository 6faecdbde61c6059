"""Measures a live service over its protocols; returns evidence, judges nothing."""
