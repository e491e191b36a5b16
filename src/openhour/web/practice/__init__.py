"""The practice itself: sites, rooms, staff, licences, the trail."""
