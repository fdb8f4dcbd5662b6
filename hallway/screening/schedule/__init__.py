"""Who is due for which instrument today, by age, sex, problem, kind of visit, last score and interval; rows say it.

R27: primary care screens every patient for any behavioral health concern. What a reader may not see of a chart makes
nothing due for them.
"""
