"""The store of the team's tests, here to be broken."""

from tests.team.conftest import clock, local_team, postgresql, team, whole, whole_on_postgresql

__all__ = ["clock", "local_team", "postgresql", "team", "whole", "whole_on_postgresql"]
