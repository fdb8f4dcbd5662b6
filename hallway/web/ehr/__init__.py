"""EHRs open Hallway: the door for them, the one page that ties a person, and the leader's pages of registered EHRs."""
