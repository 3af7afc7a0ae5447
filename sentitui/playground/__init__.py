"""Asking models: contenders, prompts and repeats under one limit, tallies and the statistics of them."""
