"""S: does the example have the shape of its format?"""
