"""C: does a legacy example hold a prompt and a completion?"""
