"""House rules that no ready linter knows. Each module has ``check(root) -> list[str]``, one line a finding."""
