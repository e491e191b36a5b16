"""Set-up and upkeep of the practice, by its owner: sites, rooms, staff, licences, passwords, sign-ins, the trail."""
