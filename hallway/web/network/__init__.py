"""Do reports come back?"""
