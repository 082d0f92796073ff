"""The store of the dashboard for a team: people, projects, cohorts, analyses, who did what, and the settings of a host.

Every function that reads or changes something takes the ``Store`` and an ``Actor``, and asks ``team.permits`` before it
does anything. Nothing here knows a screen. Without any setting the store is a folder of this computer's user.
"""
