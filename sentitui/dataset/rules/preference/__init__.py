"""P: does a preference example hold an input, and one good and one bad answer?"""
