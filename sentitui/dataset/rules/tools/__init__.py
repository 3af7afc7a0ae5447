"""T: are tools declared, called and answered as the API does it?"""
