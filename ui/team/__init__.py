"""What people see of a team: who is here, projects, saved work; and what one person saves on this computer."""
