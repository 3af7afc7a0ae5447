"""L: does the example fit what is trained on?"""
