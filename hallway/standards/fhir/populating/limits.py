"""How much one call may ask of its questionnaire. Every limit of filling stands here and in ``docs/operations.md``."""

MOST_QUESTIONS = 1_000
"""Questions and groups of a questionnaire."""
DEEPEST = 20
"""Groups within groups."""
MOST_EXPRESSIONS = 2_000
"""Expressions that are reckoned, one in a repeated group each time."""
MOST_QUERIES = 50
"""Queries that are asked."""
MOST_FOUND = 200
"""Resources that one query may find; what is beyond is a finding, and the query counts as unanswered."""
MOST_REPEATS = 100
"""Answers of one question, and repetitions of one group."""
MOST_RESOLVED = 100
"""References that expressions follow."""
WORK = 2_000_000
"""Steps that all FHIRPath of one call may take together."""
LONGEST_EXPRESSION = 4_000
"""Letters of an expression."""
