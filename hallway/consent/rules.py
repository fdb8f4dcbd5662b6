"""The rules of release, pure: facts and a date in, a decision with reasons and citations out."""
