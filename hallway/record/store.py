"""The resource store. Opens to ``record`` and ``consent`` only (import contract)."""
