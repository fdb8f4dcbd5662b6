"""Types that are no resources of the record: each is composed from tables of its own, at addresses of its own."""
