from tests.prove.conftest import stage

__all__ = ["stage"]
