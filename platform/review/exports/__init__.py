"""Masks and particles for other programs, each file with what made it."""
