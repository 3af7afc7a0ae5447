"""X: does a text hold what nobody sees, or what should not be learnt?"""
